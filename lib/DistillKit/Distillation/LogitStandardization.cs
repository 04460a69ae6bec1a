using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>
/// Logit standardization (Sun et al. 2024, arXiv:2403.01427): each row's z-score, <c>(z - mean(z)) / deviation(z)</c>, the deviation over the K
/// classes. The student then learns how the teacher's logits relate to each other, and is free to choose their shift and size.
/// </summary>
public static class LogitStandardization
{
    /// <summary>The z-scores, [N, K]; zeros without gradient for a row of equal logits.</summary>
    /// <param name="logits">[N, K].</param>
    public static Tensor Apply(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return Normalized.Unit(Normalized.Centered(logits, 1), 1).mul(Number.Of(Math.Sqrt(logits.shape[1]))).MoveToOuterDisposeScope();
    }
}
