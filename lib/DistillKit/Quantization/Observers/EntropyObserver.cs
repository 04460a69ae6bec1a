namespace DistillKit.Quantization.Observers;

/// <summary>Covers the magnitudes up to the threshold with the least Kullback-Leibler divergence between the values and their quantization:
/// TensorRT's calibration (Migacz, "8-bit inference with TensorRT", GTC 2017), as NVIDIA's pytorch-quantization writes it down.</summary>
/// <remarks>For each number of bins i from the number of levels up: P is the first i bins of the histogram of magnitudes, all that lies
/// beyond added to the last; Q is those bins without what lies beyond, in equal groups, one for each level, each group's count spread
/// evenly over its bins that are not empty. Both are normalized. The threshold is the upper edge of the best i, the largest among equals.
/// The levels are 2^bits for values of one sign in an asymmetric scheme and 2^(bits - 1) otherwise. The count of the first bin is that of
/// the second, so that a ReLU's zeros, which are exact with any scale, have no say.</remarks>
public sealed class EntropyObserver : HistogramObserver
{
    /// <inheritdoc/>
    protected override ValueRange Choose(RangeHistogram histogram, ValueRange seen, QuantizationScheme scheme)
    {
        var counts = Magnitudes(histogram);
        var hasOneSign = seen.Minimum == 0 || seen.Maximum == 0;
        var levels = 1 << (hasOneSign && !scheme.IsSymmetric ? scheme.Bits : scheme.Bits - 1);
        var sums = new Sums(counts);
        var (best, threshold) = (double.PositiveInfinity, counts.Length);
        for (var bins = levels; bins <= counts.Length; bins++)
        {
            if (sums.Divergence(bins, levels) is var divergence && divergence <= best) (best, threshold) = (divergence, bins);
        }
        var limit = (float)(threshold * histogram.Width);
        return new(Math.Max(seen.Minimum, -limit), Math.Min(seen.Maximum, limit));
    }

    /// <summary>The histogram of the magnitudes, up to the last bin that is not empty.</summary>
    private static double[] Magnitudes(RangeHistogram histogram)
    {
        var counts = new double[RangeHistogram.Bins];
        for (var bin = 0; bin < RangeHistogram.Bins; bin++)
            counts[bin < histogram.Zero ? histogram.Zero - 1 - bin : bin - histogram.Zero] += histogram.Counts[bin];
        counts[0] = counts[1];
        return counts[..(Array.FindLastIndex(counts, count => count > 0) + 1)];
    }

    /// <summary>Running sums of the counts, by which a divergence takes one step for each level rather than one for each bin.</summary>
    private sealed class Sums
    {
        private readonly double[] counts;
        private readonly double[] total;
        private readonly double[] entropy;
        private readonly int[] used;

        public Sums(double[] counts)
        {
            this.counts = counts;
            (total, entropy, used) = (new double[counts.Length + 1], new double[counts.Length + 1], new int[counts.Length + 1]);
            for (var bin = 0; bin < counts.Length; bin++)
            {
                total[bin + 1] = total[bin] + counts[bin];
                entropy[bin + 1] = entropy[bin] + TimesLog(counts[bin], counts[bin]);
                used[bin + 1] = used[bin] + (counts[bin] > 0 ? 1 : 0);
            }
        }

        public double Divergence(int bins, int levels)
        {
            var beyond = total[^1] - total[bins];
            var last = counts[bins - 1];
            if (last == 0 && beyond > 0) return double.PositiveInfinity;

            double cross = 0, spread = 0;
            for (int level = 0, start = 0; level < levels; level++)
            {
                // The bins k with level / levels <= k / bins < (level + 1) / levels.
                var end = ((level + 1) * bins + levels - 1) / levels;
                var sum = total[end] - total[start];
                spread = sum / Math.Max(used[end] - used[start], 1);
                cross += TimesLog(sum, spread);
                start = end;
            }
            var own = entropy[bins] - TimesLog(last, last) + TimesLog(last + beyond, last + beyond);
            return (own - cross - TimesLog(beyond, spread)) / total[^1] - Math.Log(total[^1] / total[bins]);
        }

        private static double TimesLog(double factor, double of) => factor == 0 ? 0 : factor * Math.Log(of);
    }
}
