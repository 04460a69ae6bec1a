namespace DistillKit.Quantization.Observers;

/// <summary>Covers the range with the least mean squared error of quantization, clipping included (Banner et al. 2019, arXiv:1810.05723,
/// who solve it for two distributions). It is searched: each bound in turn over a hundred shares of the bound that was seen, until neither
/// moves. The values of a bin count as its centre.</summary>
public sealed class MeanSquaredErrorObserver : HistogramObserver
{
    private const int Shares = 100;

    /// <inheritdoc/>
    protected override ValueRange Choose(RangeHistogram histogram, ValueRange seen, QuantizationScheme scheme)
    {
        int[] used = [.. Enumerable.Range(0, RangeHistogram.Bins).Where(bin => histogram.Counts[bin] > 0)];
        float[] centres = [.. used.Select(bin => (float)(histogram.Edge(bin) + histogram.Width / 2))];
        double[] counts = [.. used.Select(bin => histogram.Counts[bin])];
        var (low, high, best) = (Shares, Shares, ErrorOf(Shares, Shares));
        for (var moved = true; moved;)
        {
            moved = false;
            for (var share = 1; share <= Shares; share++)
            {
                // A symmetric range has one bound; of a range that starts or ends at 0, only the other one moves.
                var (lower, upper) = scheme.IsSymmetric ? (share, share) : (low, share);
                if (ErrorOf(lower, upper) is var error && error < best) (best, low, high, moved) = (error, lower, upper, true);
            }
            for (var share = 1; share <= Shares && !scheme.IsSymmetric && seen.Minimum < 0; share++)
            {
                if (ErrorOf(share, high) is var error && error < best) (best, low, moved) = (error, share, true);
            }
        }
        return Range(low, high);

        ValueRange Range(int lower, int upper) => new(seen.Minimum * lower / Shares, seen.Maximum * upper / Shares);

        double ErrorOf(int lower, int upper)
        {
            var (minimum, maximum) = Range(lower, upper);
            return Error(centres, counts, QuantizationParameters.FromRange(minimum, maximum, scheme));
        }
    }

    private static double Error(float[] values, double[] counts, QuantizationParameters parameters)
    {
        var (scale, zeroPoint) = (parameters.Scales[0], parameters.ZeroPoints[0]);
        var (lowest, highest) = (parameters.Minimum - zeroPoint, parameters.Maximum - zeroPoint);
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var error = Math.Clamp(MathF.Round(values[i] / scale), lowest, highest) * scale - values[i];
            sum += counts[i] * error * error;
        }
        return sum;
    }
}
