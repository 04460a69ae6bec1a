namespace DistillKit.Runs.Benchmarks;

/// <summary>How long one call takes, in milliseconds.</summary>
/// <param name="Median">Half of the calls are faster.</param>
/// <param name="P95">95 of 100 calls are at most this slow.</param>
/// <param name="Repeats">The number of timed calls.</param>
public sealed record Latency(double Median, double P95, int Repeats)
{
    /// <summary>
    /// Summarizes times that something else measured, at least one. The 95th percentile is the smallest time that 95 % do not exceed.
    /// </summary>
    public static Latency FromTimes(IReadOnlyCollection<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1], sorted.Length);
    }
}
