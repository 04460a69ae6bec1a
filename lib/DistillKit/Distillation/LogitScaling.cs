using DistillKit.Training;

namespace DistillKit.Distillation;

/// <summary>
/// Logit standardization (Sun et al. 2024, arXiv:2403.01427): each row's z-score, <c>(z - mean(z)) / deviation(z)</c>, the deviation over
/// the K classes. The student then learns how the teacher's logits relate to each other, and is free to choose their shift and size.
/// </summary>
public static class LogitStandardization
{
    /// <summary>The z-scores of logits [N, K]; zeros without gradient for a row of equal logits.</summary>
    public static Tensor Apply(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Vectors.Normalize(Vectors.Center(logits, 1), 1).mul(Number.Of(Math.Sqrt(logits.shape[1]))).MoveToOuterDisposeScope();
    }
}

/// <summary>The logits that losses on soft targets compare.</summary>
internal static class TemperatureScaling
{
    /// <summary>Both networks' logits, standardized where asked, divided by the temperature; the teacher's without gradient.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not above 0.</exception>
    public static (Tensor Student, Tensor Teacher) ScalePair(
        Tensor studentLogits, Tensor teacherLogits, double temperature, bool standardize = false)
    {
        Shapes.RequireSame(studentLogits, teacherLogits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        return (Scale(studentLogits), Scale(teacherLogits.detach()));

        Tensor Scale(Tensor logits) => (standardize ? LogitStandardization.Apply(logits) : logits).div(Number.Of(temperature));
    }
}
