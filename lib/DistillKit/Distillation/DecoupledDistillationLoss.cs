using DistillKit.Training;

namespace DistillKit.Distillation;

/// <summary>
/// Decoupled knowledge distillation (Zhao et al. 2022, arXiv:2203.08679): <c>T² * (a * KL(b_teacher || b_student) + b * KL(q_teacher ||
/// q_student))</c>, the mean over the batch. <c>b</c> is the pair of the label's probability and that of all other classes, <c>q</c> the
/// probabilities among the others. With a = 1 and b = 1 - (the teacher's probability of the label), image by image, it is Hinton's loss:
/// where the teacher is sure, that hardly looks at the other classes, and this one does.
/// </summary>
/// <param name="targetWeight">The weight a of the label against the rest; the paper's 1.</param>
/// <param name="nonTargetWeight">The weight b of the classes among the rest; the paper's 8 for CIFAR.</param>
/// <param name="standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
public sealed class DecoupledDistillationLoss(double targetWeight = 1, double nonTargetWeight = 8, bool standardize = false)
{
    /// <summary>The loss of logits [N, K] and class indices [N] of int64 at a temperature above 0: a scalar of at least 0.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or the temperature is not above 0.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        var (studentSoft, teacherSoft) = TemperatureScaling.ScalePair(studentLogits, teacherLogits, temperature, standardize);
        Shapes.RequireTargets(studentLogits, labels);
        var classes = arange(Number.Of(0L), Number.Of(studentLogits.shape[1]), Number.One, ScalarType.Int64, labels.device);
        var isTarget = classes.unsqueeze(0).eq(labels.unsqueeze(1));
        var (student, teacher) = (Split(studentSoft, labels, isTarget), Split(teacherSoft, labels, isTarget));
        var target = Divergence(teacher.Target, student.Target).add(Divergence(teacher.Others, student.Others), Number.One);
        // The label is none of the others: its share is 0 on the teacher's side, before the exponential, which could overflow.
        var shares = teacher.AmongOthers.masked_fill(isTarget, Number.Of(double.NegativeInfinity));
        var nonTarget = Divergence(shares, teacher.AmongOthers, student.AmongOthers);
        return target.mul(Number.Of(targetWeight)).add(nonTarget.mul(Number.Of(nonTargetWeight)), Number.One)
            .mul(Number.Of(temperature * temperature / studentLogits.shape[0])).MoveToOuterDisposeScope();
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
