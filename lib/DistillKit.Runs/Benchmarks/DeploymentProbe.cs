using MathNet.Numerics.Statistics;

namespace DistillKit.Runs.Benchmarks;

/// <summary>How long one call takes, in milliseconds; 95 of 100 calls are at most as slow as <paramref name="P95"/>.</summary>
public sealed record Latency(double Median, double P95, int Repeats)
{
    /// <summary>Summarizes measured times, at least one. The 95th percentile is the smallest time that 95 % do not exceed.</summary>
    public static Latency FromTimes(IReadOnlyCollection<double> milliseconds) =>
        new(milliseconds.Median(), milliseconds.QuantileCustom(0.95, QuantileDefinition.R1), milliseconds.Count);
}

/// <summary>How fast a deployed file runs, or the reason, in a line, why that could not be measured.</summary>
/// <param name="Runtime">What ran it, with its version.</param>
/// <param name="Latency">Of one image on one thread.</param>
/// <param name="ImagesPerSecond">In batches of 64.</param>
public sealed record DeploymentSpeed(Deployment Deployment, string? Runtime, Latency? Latency, double? ImagesPerSecond, string? Reason);

/// <summary>Compares how fast deployed files run. They take turns, so that a machine that slows down does so for all of them.</summary>
public static class DeploymentProbe
{
    private const int Rounds = 10;
    private const int Batch = 64;
    private const int SteadyWindows = 3;
    private const int MostWindows = 20;
    private const int LongestWindow = 50;
    private const int FewMethods = 10;
    private const double Gain = 0.1;

    /// <summary>Latency and throughput of each. One that cannot be used fails alone, and has a reason instead of figures.</summary>
    /// <param name="threads">Threads for the throughput; all of the machine's when not given.</param>
    /// <exception cref="UserException">Nothing is to be repeated.</exception>
    public static IReadOnlyList<DeploymentSpeed> Measure(
        IReadOnlyList<Deployment> deployments, int latencyRepeats = 200, int throughputRepeats = 10, int? threads = null,
        CancellationToken cancellation = default)
    {
        DeploymentSpeed[] speeds = [.. deployments.Select(Try)];
        int[] usable = [.. speeds.Index().Where(entry => entry.Item.Reason is null).Select(entry => entry.Index)];
        Deployment[] chosen = [.. usable.Select(place => deployments[place])];
        var latencies = Latencies(chosen, latencyRepeats, cancellation);
        var throughputs = Throughputs(chosen, throughputRepeats, threads, cancellation);
        foreach (var (index, place) in usable.Index())
            speeds[place] = speeds[place] with { Latency = latencies[index], ImagesPerSecond = throughputs[index] };
        return speeds;
    }

    /// <summary>The latency of one image on one thread, for each.</summary>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<Latency> Latencies(
        IReadOnlyList<Deployment> deployments, int repeats = 200, CancellationToken cancellation = default) =>
        [.. Times(deployments, threads: 1, batch: 1, repeats, cancellation).Select(Latency.FromTimes)];

    /// <summary>Images per second in batches of 64, from the median time of a batch, for each.</summary>
    /// <param name="repeats">Timed batches of each.</param>
    /// <param name="threads">Threads to compute with; all of the machine's when not given.</param>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<double> Throughputs(
        IReadOnlyList<Deployment> deployments, int repeats = 10, int? threads = null, CancellationToken cancellation = default) =>
        [.. Times(deployments, threads ?? Environment.ProcessorCount, Batch, repeats, cancellation)
            .Select(times => Batch * 1000 / Latency.FromTimes(times).Median)];

    private static DeploymentSpeed Try(Deployment deployment)
    {
        try
        {
            using var model = deployment.Open();
            foreach (var batch in (int[])[1, Batch]) CallOf(model, batch)();
            return new(deployment, model.Runtime, null, null, null);
        }
        catch (UserException error)
        {
            return new(deployment, null, null, null, error.Message);
        }
    }

    private static List<double>[] Times(
        IReadOnlyList<Deployment> deployments, int threads, int batch, int repeats, CancellationToken cancellation)
    {
        if (repeats < 1) throw new UserException($"A latency needs at least 1 repeat, but {repeats} were asked for.");
        var models = new List<IDeployedModel>();
        try
        {
            foreach (var deployment in deployments) models.Add(deployment.Open(threads));
            var times = models.Select(_ => new List<double>(repeats)).ToArray();
            var turn = Math.Max(1, repeats / Rounds);
            var calls = models.Select(model => Stoppable(CallOf(model, batch), cancellation)).ToArray();
            WarmUp(calls, TimeSpan.FromMilliseconds(Math.Min(repeats, LongestWindow)));
            for (var done = 0; done < repeats; done += turn)
                foreach (var (call, taken) in calls.Zip(times))
                {
                    // The caches belong to the model before the clock runs.
                    call();
                    for (var one = done; one < Math.Min(done + turn, repeats); one++) taken.Add(Time(call));
                }
            return times;
        }
        finally
        {
            foreach (var model in models) model.Dispose();
        }
    }

    /// <summary>Repeats calls in turn until none gets faster and .NET compiles next to nothing any more. It compiles what runs often a
    /// second time, in the background, but only while no new code is waiting: in a notebook's process, which compiles some ten thousand
    /// methods, that may take seconds, in which the times are steady and several times too long.</summary>
    private static void WarmUp(Action[] calls, TimeSpan window)
    {
        var best = Enumerable.Repeat(double.PositiveInfinity, calls.Length).ToArray();
        for (int windows = 0, steady = 0; windows < MostWindows && steady < SteadyWindows; windows++)
        {
            var compiled = System.Runtime.JitInfo.GetCompiledMethodCount();
            steady++;
            foreach (var (index, call) in calls.Index())
            {
                var (times, begun) = (new List<double>(), Stopwatch.GetTimestamp());
                do times.Add(Time(call));
                while (Stopwatch.GetElapsedTime(begun) < window);
                var median = Latency.FromTimes(times).Median;
                if (median < (1 - Gain) * best[index]) steady = 0;
                best[index] = Math.Min(best[index], median);
            }
            // A few belong to whatever else this process does.
            if (System.Runtime.JitInfo.GetCompiledMethodCount() - compiled > FewMethods) steady = 0;
        }
    }

    private static double Time(Action call)
    {
        var start = Stopwatch.GetTimestamp();
        call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Action Stoppable(Action call, CancellationToken cancellation) => () =>
    {
        cancellation.ThrowIfCancellationRequested();
        call();
    };

    private static Action CallOf(IDeployedModel model, int batch)
    {
        var images = new float[batch * model.InputShape.Aggregate(1, (product, size) => product * size)];
        var random = new Random(1);
        for (var i = 0; i < images.Length; i++) images[i] = 2 * random.NextSingle() - 1;
        var logits = new float[batch * model.Classes];
        return () => model.Run(images, logits);
    }
}
