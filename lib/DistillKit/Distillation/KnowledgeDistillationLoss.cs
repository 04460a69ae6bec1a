using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>
/// Knowledge distillation (Hinton, Vinyals and Dean 2015, arXiv:1503.02531):
/// <c>alpha * T² * KL(teacher_T || student_T) + (1 - alpha) * CE(student, targets)</c>, where <c>_T</c> is the softmax of the logits divided by
/// the temperature T, and T² keeps the gradient's size independent of T. Means over the batch.
/// </summary>
public sealed class KnowledgeDistillationLoss
{
    private readonly SoftTargetCrossEntropy crossEntropy;

    /// <summary>Makes the loss.</summary>
    /// <param name="alpha">The teacher's share, in [0, 1].</param>
    /// <param name="temperature">Above 0; at higher temperatures the student sees more of the small probabilities.</param>
    /// <param name="labelSmoothing">For the cross-entropy with the targets, in [0, 1).</param>
    /// <exception cref="UserException">A number is out of range.</exception>
    public KnowledgeDistillationLoss(double alpha, double temperature, double labelSmoothing = 0)
    {
        if (alpha is not (>= 0 and <= 1))
            throw new UserException(FormattableString.Invariant($"The distillation alpha must be from 0 to 1, but is {alpha}."));
        if (temperature is not (> 0 and < double.PositiveInfinity))
            throw new UserException(FormattableString.Invariant($"The distillation temperature must be above 0, but is {temperature}."));
        (Alpha, Temperature) = (alpha, temperature);
        crossEntropy = new(labelSmoothing);
    }

    /// <summary>The teacher's share.</summary>
    public double Alpha { get; }

    /// <summary>The temperature.</summary>
    public double Temperature { get; }

    /// <summary>The loss, a scalar. No gradient flows to the teacher.</summary>
    /// <param name="studentLogits">[N, K].</param>
    /// <param name="teacherLogits">[N, K].</param>
    /// <param name="targets">Class indices, [N] of int64, or probabilities, [N, K] of the logits' type.</param>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor targets)
    {
        Shapes.RequireSame(studentLogits, teacherLogits);
        using var scope = NewDisposeScope();
        // Written out, because the engine's kl_div expects log-targets by default and has no mean over the batch alone.
        var student = studentLogits.div(Temperature).log_softmax(1);
        var teacher = teacherLogits.detach().div(Temperature).log_softmax(1);
        var divergence = teacher.exp().mul(teacher.sub(student)).sum();
        var soft = divergence.mul(Alpha * Temperature * Temperature / studentLogits.shape[0]);
        var hard = crossEntropy.Compute(studentLogits, targets).mul(1 - Alpha);
        return soft.add(hard).MoveToOuterDisposeScope();
    }
}
