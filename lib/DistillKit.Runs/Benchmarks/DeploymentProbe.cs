using DistillKit.Metrics;
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
    private const int LongestWindow = 100;
    private const double Gain = 0.05;

    /// <summary>Latency and throughput of each. One that cannot be used fails alone, and has a reason instead of figures.</summary>
    /// <param name="threads">Threads for the throughput; all of the machine's when not given.</param>
    /// <exception cref="UserException">Nothing is to be repeated.</exception>
    public static IReadOnlyList<DeploymentSpeed> Measure(
        IReadOnlyList<Deployment> deployments, int latencyRepeats = 200, int throughputRepeats = 10, int? threads = null,
        CancellationToken cancellation = default)
    {
        var single = Times(deployments, threads: 1, batch: 1, latencyRepeats, cancellation);
        var batches = Times(deployments, threads ?? Environment.ProcessorCount, Batch, throughputRepeats, cancellation);
        return [.. single.Zip(batches, (one, many) => (one.Reason ?? many.Reason) is { } reason
            ? new DeploymentSpeed(one.Deployment, one.Runtime, null, null, reason)
            : new(one.Deployment, one.Runtime, Latency.FromTimes(one.Times), RateOf(many.Times), null))];
    }

    /// <summary>The latency of one image on one thread, for each.</summary>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<Latency> Latencies(
        IReadOnlyList<Deployment> deployments, int repeats = 200, CancellationToken cancellation = default) =>
        [.. Times(deployments, threads: 1, batch: 1, repeats, cancellation).Select(one => Latency.FromTimes(one.Required))];

    /// <summary>Images per second in batches of 64, from the median time of a batch, for each.</summary>
    /// <param name="repeats">Timed batches of each.</param>
    /// <param name="threads">Threads to compute with; all of the machine's when not given.</param>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<double> Throughputs(IReadOnlyList<Deployment> deployments, int repeats = 10, int? threads = null) =>
        [.. Times(deployments, threads ?? Environment.ProcessorCount, Batch, repeats, default).Select(many => RateOf(many.Required))];

    private static double RateOf(IReadOnlyCollection<double> times) => Batch * 1000 / Latency.FromTimes(times).Median;

    private static IReadOnlyList<Candidate> Times(
        IReadOnlyList<Deployment> deployments, int threads, int batch, int repeats, CancellationToken cancellation)
    {
        if (repeats < 1) throw new UserException($"A latency needs at least 1 repeat, but {repeats} were asked for.");
        Candidate[] all = [.. deployments.Select(deployment => new Candidate(deployment))];
        try
        {
            foreach (var one in all) one.Try(() => one.Open(threads, batch));
            var turn = Math.Max(1, repeats / Rounds);
            var window = TimeSpan.FromMilliseconds(Math.Min(repeats, LongestWindow));
            foreach (var one in all) one.Try(() => WarmUp(one.Call, window, cancellation));
            for (var done = 0; done < repeats; done += turn)
                foreach (var one in all) one.Try(() => one.Time(Math.Min(turn, repeats - done), cancellation));
            return all;
        }
        finally
        {
            foreach (var one in all) one.Dispose();
        }
    }

    /// <summary>Repeats a call until it gets no faster. .NET compiles what runs often a second time, in the background, and how soon
    /// depends on how much else waits to be compiled: a fixed number of calls is too few in one program and a waste in another.</summary>
    private static void WarmUp(Action call, TimeSpan window, CancellationToken cancellation)
    {
        var best = double.PositiveInfinity;
        for (int windows = 0, steady = 0; windows < MostWindows && steady < SteadyWindows; windows++)
        {
            var (times, begun) = (new List<double>(), Stopwatch.GetTimestamp());
            do
            {
                cancellation.ThrowIfCancellationRequested();
                times.Add(Time(call));
            }
            while (Stopwatch.GetElapsedTime(begun) < window);
            var median = Latency.FromTimes(times).Median;
            steady = median < (1 - Gain) * best ? 0 : steady + 1;
            best = Math.Min(best, median);
        }
    }

    private static double Time(Action call)
    {
        var start = Stopwatch.GetTimestamp();
        call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>A file that takes part until it fails.</summary>
    private sealed class Candidate(Deployment deployment) : IDisposable
    {
        private IDeployedModel? model;

        public Deployment Deployment => deployment;

        public string? Runtime { get; private set; }

        public Action Call { get; private set; } = () => { };

        public List<double> Times { get; } = [];

        public string? Reason { get; private set; }

        public List<double> Required => Reason is null ? Times : throw new UserException(Reason);

        public void Try(Action work)
        {
            if (Reason is not null) return;
            try
            {
                work();
            }
            catch (UserException error)
            {
                Reason = error.Message;
            }
        }

        public void Open(int threads, int batch)
        {
            var opened = model = deployment.Open(threads);
            Runtime = opened.Runtime;
            var images = new float[batch * opened.InputShape.Aggregate(1, (product, size) => product * size)];
            var random = new Random(1);
            for (var i = 0; i < images.Length; i++) images[i] = 2 * random.NextSingle() - 1;
            var logits = new float[batch * opened.Classes];
            Call = () => opened.Run(images, logits);
        }

        public void Time(int calls, CancellationToken cancellation)
        {
            // The caches belong to the model before the clock runs.
            Call();
            for (var done = 0; done < calls; done++)
            {
                cancellation.ThrowIfCancellationRequested();
                Times.Add(DeploymentProbe.Time(Call));
            }
        }

        public void Dispose() => model?.Dispose();
    }
}
