namespace DistillKit.Quantization.Observers;

/// <summary>An observer that chooses its range by the distribution of the values.</summary>
public abstract class HistogramObserver : RangeObserver
{
    private readonly RangeHistogram histogram = new();

    /// <inheritdoc/>
    public override void Observe(Tensor values) => histogram.Add(values);

    /// <inheritdoc/>
    protected sealed override ValueRange? Choose(QuantizationScheme scheme) =>
        histogram.Seen is not { } seen ? null : seen.Minimum == seen.Maximum ? seen : Choose(histogram, seen, scheme);

    /// <summary>The range to cover.</summary>
    /// <param name="histogram">The values, which are not all the same.</param>
    /// <param name="seen">The range of the values and of 0.</param>
    protected abstract ValueRange Choose(RangeHistogram histogram, ValueRange seen, QuantizationScheme scheme);
}

/// <summary>Counts how often values fall into each of many bins of one width, without keeping the values. The width is a power of two and
/// grows with the data: two bins become one, exactly. So the counts do not depend on the order of the data or on how it is cut into
/// batches, and 0 is always the edge of a bin.</summary>
public sealed class RangeHistogram
{
    /// <summary>The number of bins. Between half and all of them are in use.</summary>
    public const int Bins = 4096;

    // A float32 counts no further than 2^24.
    private const long Chunk = 1 << 24;

    private double[] counts = new double[Bins];
    private int exponent;

    /// <summary>The counts; bin k holds the values from <c>Edge(k)</c> to <c>Edge(k + 1)</c>.</summary>
    public ReadOnlySpan<double> Counts => counts;

    /// <summary>The range of the values and of 0; null before the first.</summary>
    public ValueRange? Seen { get; private set; }

    /// <summary>The bin whose lower edge is 0; equal to <see cref="Bins"/> when there is no such bin.</summary>
    public int Zero { get; private set; }

    /// <summary>The width of a bin.</summary>
    public double Width => Math.ScaleB(1, exponent);

    /// <summary>The lower edge of a bin.</summary>
    public double Edge(int bin) => Math.ScaleB(bin - Zero, exponent);

    /// <exception cref="UserException">A value is not a finite number.</exception>
    internal void Add(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        MakeRoom(ValueRange.Of(values).Union(Seen ?? default));
        var flat = ValueRange.Flat(values.detach().to(ScalarType.Float32));
        for (long start = 0; start < flat.shape[0]; start += Chunk)
        {
            using var chunkScope = NewDisposeScope();
            var chunk = flat.narrow(0, start, Math.Min(Chunk, flat.shape[0] - start));
            // In units of the width the edges are whole numbers, which is all that the engine's histogram accepts.
            var places = chunk.mul(Number.Of((float)(1 / Width))).add_(Number.Of(Zero), Number.One);
            var added = places.histc(Bins, 0, Bins).cpu().data<float>().ToArray();
            for (var bin = 0; bin < Bins; bin++) counts[bin] += added[bin];
        }
    }

    private void MakeRoom(ValueRange range)
    {
        if (range == Seen) return;
        double Below(int width) => Math.Floor(Math.ScaleB(range.Minimum, -width));
        double Above(int width) => Math.Floor(Math.ScaleB(range.Maximum, -width));
        var wider = Math.Max((int)Math.Floor(Math.Log2(((double)range.Maximum - range.Minimum) / Bins)), -100);
        while (Above(wider) - Below(wider) >= Bins) wider++;

        var (moved, zero) = (new double[Bins], -(int)Below(wider));
        for (var bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] > 0) moved[zero + ((bin - Zero) >> (wider - exponent))] += counts[bin];
        }
        (counts, exponent, Zero, Seen) = (moved, wider, zero, range);
    }
}

/// <summary>Covers a share of the values and clips the rest, half of it on each side, as ONNX Runtime's percentile calibration does. Linear
/// within a bin of the histogram.</summary>
/// <param name="percentile">The share inside of the range, in percent, above 50 and at most 100.</param>
public sealed class PercentileObserver(double percentile = 99.99) : HistogramObserver
{
    /// <inheritdoc/>
    protected override ValueRange Choose(RangeHistogram histogram, ValueRange seen, QuantizationScheme scheme)
    {
        var outside = (1 - percentile / 100) / 2;
        double total = 0;
        foreach (var count in histogram.Counts) total += count;
        var (low, high) = (Quantile(histogram, total * outside), Quantile(histogram, total * (1 - outside)));
        return new(Math.Max(seen.Minimum, low), Math.Min(seen.Maximum, high));
    }

    /// <summary>The number below which that many values are.</summary>
    private static float Quantile(RangeHistogram histogram, double below)
    {
        var bin = 0;
        for (; bin < RangeHistogram.Bins - 1 && histogram.Counts[bin] < below; bin++) below -= histogram.Counts[bin];
        return (float)(histogram.Edge(bin) + histogram.Width * below / Math.Max(histogram.Counts[bin], 1));
    }
}
