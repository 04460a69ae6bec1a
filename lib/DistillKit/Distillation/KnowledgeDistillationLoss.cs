namespace DistillKit.Distillation;

/// <summary>
/// The soft targets of knowledge distillation (Hinton, Vinyals and Dean 2015, arXiv:1503.02531): <c>T² * KL(teacher_T || student_T)</c>,
/// where <c>_T</c> is the softmax of the logits divided by the temperature T, and T² keeps the gradient's size independent of T. The mean
/// over the batch. With the cross-entropy beside it, it is <see cref="DistillationLoss(double, double, double)"/>.
/// </summary>
/// <param name="standardize">Whether both networks' logits are standardized first (<see cref="LogitStandardization"/>).</param>
public sealed class KnowledgeDistillationLoss(bool standardize = false)
{
    /// <summary>The loss of logits [N, K] at a temperature above 0: a scalar of at least 0. No gradient flows to the teacher.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not above 0.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = TemperatureScaling.ScalePair(studentLogits, teacherLogits, temperature, standardize);
        // Written out, because the engine's kl_div expects log-targets by default and has no mean over the batch alone.
        (student, teacher) = (student.log_softmax(1), teacher.log_softmax(1));
        var divergence = teacher.exp().mul(teacher.sub(student)).sum();
        return divergence.mul(Number.Of(temperature * temperature / studentLogits.shape[0])).MoveToOuterDisposeScope();
    }
}
