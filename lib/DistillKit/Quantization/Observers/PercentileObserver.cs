using DistillKit.Graphs;

namespace DistillKit.Quantization.Observers;

/// <summary>
/// Covers a share of the values and clips the rest, half of it on each side, as ONNX Runtime's percentile calibration does. Linear within a
/// bin of the histogram.
/// </summary>
/// <param name="percentile">The share inside of the range, in percent, above 50 and at most 100.</param>
public sealed class PercentileObserver(double percentile = 99.99) : HistogramObserver
{
    private protected override Bounds Choose(Histogram histogram, Bounds seen, QuantizationScheme scheme)
    {
        var outside = (1 - percentile / 100) / 2;
        var total = histogram.Counts.Sum();
        return new(Math.Max(seen.Minimum, Quantile(histogram, total * outside)), Math.Min(seen.Maximum, Quantile(histogram, total * (1 - outside))));
    }

    /// <summary>The number below which that many values are.</summary>
    private static float Quantile(Histogram histogram, double below)
    {
        var bin = 0;
        for (; bin < Histogram.Bins - 1 && histogram.Counts[bin] < below; bin++) below -= histogram.Counts[bin];
        return (float)(histogram.Edge(bin) + histogram.Width * below / Math.Max(histogram.Counts[bin], 1));
    }
}
