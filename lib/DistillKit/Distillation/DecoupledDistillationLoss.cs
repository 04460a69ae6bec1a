using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>
/// Decoupled knowledge distillation (Zhao et al. 2022, arXiv:2203.08679): <c>T² * (a * KL(b_teacher || b_student) + b * KL(q_teacher || q_student))</c>, the
/// mean over the batch. <c>b</c> is the pair of the label's probability and that of all other classes, <c>q</c> the probabilities among the others.
/// With a = 1 and b = 1 - (the teacher's probability of the label), image by image, it is Hinton's loss: where the teacher is sure, that
/// hardly looks at the other classes, and this one does.
/// </summary>
public sealed class DecoupledDistillationLoss
{
    private readonly double targetWeight;
    private readonly double nonTargetWeight;
    private readonly bool standardize;

    /// <summary>Makes the loss.</summary>
    /// <param name="targetWeight">The weight a of the label against the rest; the paper's 1.</param>
    /// <param name="nonTargetWeight">The weight b of the classes among the rest; the paper's 8 for CIFAR.</param>
    /// <param name="standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
    public DecoupledDistillationLoss(double targetWeight = 1, double nonTargetWeight = 8, bool standardize = false) =>
        (this.targetWeight, this.nonTargetWeight, this.standardize) = (targetWeight, nonTargetWeight, standardize);

    /// <summary>The loss, a scalar of at least 0. No gradient flows to the teacher.</summary>
    /// <param name="studentLogits">[N, K].</param>
    /// <param name="teacherLogits">[N, K].</param>
    /// <param name="labels">Class indices, [N] of int64; of mixed images, those of the first of the two.</param>
    /// <param name="temperature">Above 0.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or the temperature is not above 0.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        var (studentSoft, teacherSoft) = Softened.Pair(studentLogits, teacherLogits, temperature, standardize);
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

    /// <summary>Logarithms of the label's probability [N, 1], of that of all others together [N, 1], and of those among the others [N, K].</summary>
    private static (Tensor Target, Tensor Others, Tensor AmongOthers) Split(Tensor logits, Tensor labels, Tensor isTarget)
    {
        var all = logits.logsumexp(1, keepdim: true);
        var others = logits.masked_fill(isTarget, Number.Of(double.NegativeInfinity)).logsumexp(1, keepdim: true);
        return (logits.gather(1, labels.unsqueeze(1)).sub(all), others.sub(all), logits.sub(others));
    }

    private static Tensor Divergence(Tensor teacher, Tensor student) => Divergence(teacher, teacher, student);

    private static Tensor Divergence(Tensor share, Tensor teacher, Tensor student) => share.exp().mul(teacher.sub(student)).sum();
}
