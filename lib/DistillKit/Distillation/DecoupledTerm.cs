namespace DistillKit.Distillation;

/// <summary>Decoupled knowledge distillation (Zhao et al. 2022, arXiv:2203.08679): <c>T² * (a * KL(b_teacher || b_student) + b *
/// KL(q_teacher || q_student))</c>, the mean over the batch. <c>b</c> is the pair of the label's probability and that of all other classes,
/// <c>q</c> the probabilities among the others. With a = 1 and b = 1 - (the teacher's probability of the label), image by image, it is
/// Hinton's loss: where the teacher is sure, that hardly looks at the other classes, and this one does.</summary>
/// <param name="TargetWeight">The weight a of the label against the rest; the paper's 1.</param>
/// <param name="NonTargetWeight">The weight b of the classes among the rest; the paper's 8 for CIFAR.</param>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="SoftLogits.Standardize"/>).</param>
public sealed record DecoupledTerm(
    [property: Range(0, 1e6)] double TargetWeight = 1,
    [property: Range(0, 1e6)] double NonTargetWeight = 8,
    bool Standardize = false) : LogitTerm
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        Require(TargetWeight + NonTargetWeight > 0, $"{field}.targetWeight", "above 0 where nonTargetWeight is 0", TargetWeight);
    }

    /// <inheritdoc/>
    protected internal override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        var (studentSoft, teacherSoft) = SoftLogits.Pair(student, teacher, temperature, Standardize);
        SoftTargetCrossEntropy.RequireTargets(student, labels);
        var classes = arange(Number.Of(0L), Number.Of(student.shape[1]), Number.One, ScalarType.Int64, labels.device);
        var isTarget = classes.unsqueeze(0).eq(labels.unsqueeze(1));
        var (ofStudent, ofTeacher) = (Split(studentSoft, labels, isTarget), Split(teacherSoft, labels, isTarget));
        var target = Divergence(ofTeacher.Target, ofStudent.Target).add(Divergence(ofTeacher.Others, ofStudent.Others), Number.One);
        // The label is none of the others: its share is 0 on the teacher's side, before the exponential, which could overflow.
        var shares = ofTeacher.AmongOthers.masked_fill(isTarget, Number.Of(double.NegativeInfinity));
        var nonTarget = Divergence(shares, ofTeacher.AmongOthers, ofStudent.AmongOthers);
        return target.mul(Number.Of(TargetWeight)).add(nonTarget.mul(Number.Of(NonTargetWeight)), Number.One)
            .mul(Number.Of(temperature * temperature / student.shape[0])).MoveToOuterDisposeScope();
    }

    /// <summary>Logarithms of the probabilities of the label [N, 1], of all others together [N, 1], and among the others [N, K].</summary>
    private static (Tensor Target, Tensor Others, Tensor AmongOthers) Split(Tensor logits, Tensor labels, Tensor isTarget)
    {
        var all = logits.logsumexp(1, keepdim: true);
        var others = logits.masked_fill(isTarget, Number.Of(double.NegativeInfinity)).logsumexp(1, keepdim: true);
        return (logits.gather(1, labels.unsqueeze(1)).sub(all), others.sub(all), logits.sub(others));
    }

    private static Tensor Divergence(Tensor teacher, Tensor student) => Divergence(teacher, teacher, student);

    private static Tensor Divergence(Tensor share, Tensor teacher, Tensor student) => share.exp().mul(teacher.sub(student)).sum();
}
