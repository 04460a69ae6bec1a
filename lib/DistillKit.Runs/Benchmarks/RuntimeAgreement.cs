using System.Numerics.Tensors;

namespace DistillKit.Runs.Benchmarks;

/// <summary>How alike the answers of two runtimes to one file are.</summary>
/// <param name="Name">The network and its numbers.</param>
/// <param name="SameTop1">The share of images with the same first class, in [0, 1].</param>
/// <param name="MeanDifference">The mean absolute difference of the logits.</param>
public sealed record RuntimeAgreement(string Name, double SameTop1, double MeanDifference)
{
    /// <summary>Compares logits [N, K], row by row.</summary>
    internal static RuntimeAgreement Of(string name, ReadOnlySpan<float> one, ReadOnlySpan<float> other, int classes)
    {
        var (same, difference) = (0, 0.0);
        for (var start = 0; start < one.Length; start += classes)
        {
            var row = one.Slice(start, classes);
            var otherRow = other.Slice(start, classes);
            if (TensorPrimitives.IndexOfMax(row) == TensorPrimitives.IndexOfMax(otherRow)) same++;
            for (var index = 0; index < classes; index++) difference += Math.Abs(row[index] - otherRow[index]);
        }
        return new(name, (double)same * classes / one.Length, difference / one.Length);
    }
}
