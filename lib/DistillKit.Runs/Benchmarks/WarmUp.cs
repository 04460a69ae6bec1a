namespace DistillKit.Runs.Benchmarks;

/// <summary>
/// Repeats a call until it gets no faster. .NET compiles what runs often a second time, in the background, and how soon depends on how much
/// else waits to be compiled: a fixed number of calls, or a fixed time, is too short in one program and a waste in another.
/// </summary>
internal static class WarmUp
{
    private const int SteadyWindows = 3;
    private const int MostWindows = 20;
    private const double Gain = 0.05;

    /// <summary>Calls until three windows in a row were less than 5 % faster than the best one before, or for twenty windows.</summary>
    /// <param name="call">What will be timed.</param>
    /// <param name="window">The time that is looked at as one; a call that takes longer is a window of its own.</param>
    /// <param name="clock">What tells the time.</param>
    public static void Run(Action call, TimeSpan window, TimeProvider clock)
    {
        var best = double.PositiveInfinity;
        for (int windows = 0, steady = 0; windows < MostWindows && steady < SteadyWindows; windows++)
        {
            var median = Window(call, window, clock);
            steady = median < (1 - Gain) * best ? 0 : steady + 1;
            best = Math.Min(best, median);
        }
    }

    private static double Window(Action call, TimeSpan window, TimeProvider clock)
    {
        var (times, begun) = (new List<double>(), clock.GetTimestamp());
        do
        {
            var start = clock.GetTimestamp();
            call();
            times.Add(clock.GetElapsedTime(start).TotalMilliseconds);
        }
        while (clock.GetElapsedTime(begun) < window);
        return Latency.FromTimes(times).Median;
    }
}
