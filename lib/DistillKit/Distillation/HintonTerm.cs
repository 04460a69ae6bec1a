namespace DistillKit.Distillation;

/// <summary>Hinton's soft targets: <see cref="KnowledgeDistillationLoss"/>.</summary>
/// <param name="Standardize">Whether both networks' logits are standardized first (<see cref="SoftLogits.Standardize"/>).</param>
public sealed record HintonTerm(bool Standardize = false) : LogitTerm
{
    /// <inheritdoc/>
    protected internal override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature) =>
        new KnowledgeDistillationLoss(Standardize).Compute(student, teacher, temperature);
}

/// <summary>The soft targets of knowledge distillation (Hinton, Vinyals and Dean 2015, arXiv:1503.02531):
/// <c>T² * KL(teacher_T || student_T)</c>, where <c>_T</c> is the softmax of the logits divided by the temperature T, and T² keeps the
/// gradient's size independent of T. The mean over the batch. With the cross-entropy beside it, it is
/// <see cref="DistillationLoss(double, double, double)"/>.</summary>
public sealed class KnowledgeDistillationLoss(bool standardize = false)
{
    /// <summary>The loss of logits [N, K] at a temperature: a scalar of at least 0. No gradient flows to the teacher.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not from 0.01 to 1,000,000.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = SoftLogits.Pair(studentLogits, teacherLogits, temperature, standardize);
        // Written out, because the engine's kl_div expects log-targets by default and has no mean over the batch alone.
        (student, teacher) = (student.log_softmax(1), teacher.log_softmax(1));
        var divergence = teacher.exp().mul(teacher.sub(student)).sum();
        return divergence.mul(Number.Of(temperature * temperature / studentLogits.shape[0])).MoveToOuterDisposeScope();
    }
}

/// <summary>The logits that losses on soft targets compare.</summary>
public static class SoftLogits
{
    /// <summary>The z-scores of logits [N, K], row by row, <c>(z - mean(z)) / deviation(z)</c>: the student then learns how the teacher's
    /// logits relate to each other, whatever their shift and size (Sun et al. 2024, arXiv:2403.01427). Zeros for a row of equal
    /// logits.</summary>
    public static Tensor Standardize(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Vectors.Normalize(Vectors.Center(logits, 1), 1).mul(Number.Of(Math.Sqrt(logits.shape[1]))).MoveToOuterDisposeScope();
    }

    /// <summary>Both networks' logits, standardized where asked, divided by the temperature; the teacher's without gradient.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not from 0.01 to 1,000,000.</exception>
    internal static (Tensor Student, Tensor Teacher) Pair(Tensor student, Tensor teacher, double temperature, bool standardize = false)
    {
        if (!student.shape.AsSpan().SequenceEqual(teacher.shape))
        {
            var shapes = $"[{string.Join(", ", student.shape)}] and [{string.Join(", ", teacher.shape)}]";
            throw new ArgumentException($"Logits of student and teacher must have one shape, not {shapes}.");
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(temperature, DistillationRecipe.Coldest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(temperature, DistillationRecipe.Hottest);
        return (Scale(student), Scale(teacher.detach()));

        Tensor Scale(Tensor logits) => (standardize ? Standardize(logits) : logits).div(Number.Of(temperature));
    }
}
