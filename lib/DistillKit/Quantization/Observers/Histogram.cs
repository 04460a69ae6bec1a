using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>
/// Counts how often values fall into each of many bins of one width, without keeping the values. The width is a power of two and grows with
/// the data: two bins become one, exactly. So the counts do not depend on the order of the data or on how it is cut into batches, and 0 is
/// always the edge of a bin.
/// </summary>
internal sealed class Histogram
{
    /// <summary>The number of bins. Between half and all of them are in use.</summary>
    public const int Bins = 4096;

    // A float32 counts no further than 2^24.
    private const long Chunk = 1 << 24;

    private int exponent;

    /// <summary>The counts; bin k holds the values from <c>Edge(k)</c> to <c>Edge(k + 1)</c>.</summary>
    public double[] Counts { get; private set; } = new double[Bins];

    /// <summary>The bounds of the values and of 0; null before the first.</summary>
    public Bounds? Seen { get; private set; }

    /// <summary>The bin whose lower edge is 0; equal to <see cref="Bins"/> when there is no such bin.</summary>
    public int Zero { get; private set; }

    /// <summary>The width of a bin.</summary>
    public double Width => Math.ScaleB(1, exponent);

    /// <summary>The lower edge of a bin.</summary>
    public double Edge(int bin) => Math.ScaleB(bin - Zero, exponent);

    /// <exception cref="UserException">A value is not a finite number.</exception>
    public void Add(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        MakeRoom(Bounds.Of(values).Union(Seen ?? default));
        var flat = Bounds.Flat(values.detach().to(ScalarType.Float32));
        for (long start = 0; start < flat.shape[0]; start += Chunk)
        {
            using var chunkScope = NewDisposeScope();
            var chunk = flat.narrow(0, start, Math.Min(Chunk, flat.shape[0] - start));
            // In units of the width the edges are whole numbers, which is all that the engine's histogram accepts.
            var places = chunk.mul(Number.Of((float)(1 / Width))).add_(Number.Of(Zero), Number.One);
            var counts = places.histc(Bins, 0, Bins).cpu().data<float>().ToArray();
            for (var bin = 0; bin < Bins; bin++) Counts[bin] += counts[bin];
        }
    }

    private void MakeRoom(Bounds bounds)
    {
        if (bounds == Seen) return;
        double Below(int width) => Math.Floor(Math.ScaleB(bounds.Minimum, -width));
        double Above(int width) => Math.Floor(Math.ScaleB(bounds.Maximum, -width));
        var wider = Math.Max((int)Math.Floor(Math.Log2(((double)bounds.Maximum - bounds.Minimum) / Bins)), -100);
        while (Above(wider) - Below(wider) >= Bins) wider++;

        var (moved, zero) = (new double[Bins], -(int)Below(wider));
        for (var bin = 0; bin < Bins; bin++)
        {
            if (Counts[bin] > 0) moved[zero + ((bin - Zero) >> (wider - exponent))] += Counts[bin];
        }
        (Counts, exponent, Zero, Seen) = (moved, wider, zero, bounds);
    }
}
