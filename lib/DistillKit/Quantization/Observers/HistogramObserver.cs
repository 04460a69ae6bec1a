using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>An observer that chooses its range by the distribution of the values.</summary>
public abstract class HistogramObserver : RangeObserver
{
    private readonly Histogram histogram = new();

    /// <inheritdoc/>
    public override void Observe(Tensor values) => histogram.Add(values);

    private protected sealed override Bounds? Choose(QuantizationScheme scheme) =>
        histogram.Seen is not { } seen ? null : seen.Minimum == seen.Maximum ? seen : Choose(histogram, seen, scheme);

    /// <summary>The range to cover; the values are not all the same.</summary>
    private protected abstract Bounds Choose(Histogram histogram, Bounds seen, QuantizationScheme scheme);
}
