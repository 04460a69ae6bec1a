using System.Diagnostics;

namespace DistillKit.Evaluation;

/// <summary>
/// Compares how fast deployed files run. They take turns, a few calls each, so that a machine that slows down or speeds up does so for all of them.
/// </summary>
public static class DeploymentProbe
{
    private const int Rounds = 10;
    private const int Batch = 64;
    private const int LongestWarmUp = 300;

    /// <summary>The latency of one image on one thread, for each.</summary>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<Latency> Latencies(IReadOnlyList<Deployment> deployments, int repeats = 200) => [.. Times(deployments, threads: 1, batch: 1, repeats).Select(Latency.FromTimes)];

    /// <summary>Images per second in batches of 64, from the median time of a batch, for each.</summary>
    /// <param name="deployments">The files and what runs them.</param>
    /// <param name="repeats">Timed batches of each.</param>
    /// <param name="threads">Threads to compute with; all of the machine's when not given.</param>
    /// <exception cref="UserException">A file cannot be used, or nothing is to be repeated.</exception>
    public static IReadOnlyList<double> Throughputs(IReadOnlyList<Deployment> deployments, int repeats = 10, int? threads = null) =>
        [.. Times(deployments, threads ?? Environment.ProcessorCount, Batch, repeats).Select(times => Batch * 1000 / Latency.FromTimes(times).Median)];

    private static List<double>[] Times(IReadOnlyList<Deployment> deployments, int threads, int batch, int repeats)
    {
        if (repeats < 1) throw new UserException($"A latency needs at least 1 repeat, but {repeats} were asked for.");
        var models = new List<IDeployedModel>();
        try
        {
            foreach (var deployment in deployments) models.Add(deployment.Open(threads));
            var times = models.Select(_ => new List<double>(repeats)).ToArray();
            var turn = Math.Max(1, repeats / Rounds);
            for (var done = -turn; done < repeats; done += turn)
            {
                // The first turn is a warm-up.
                foreach (var (index, model) in models.Index()) Time(model, batch, Math.Min(turn, repeats - Math.Max(0, done)), done < 0 ? null : times[index], Math.Min(repeats, LongestWarmUp));
            }
            return times;
        }
        finally
        {
            foreach (var model in models) model.Dispose();
        }
    }

    private static void Time(IDeployedModel model, int batch, int calls, List<double>? times, int warmUp)
    {
        var images = new float[batch * model.InputShape.Aggregate(1, (product, size) => product * size)];
        var random = new Random(1);
        for (var i = 0; i < images.Length; i++) images[i] = 2 * random.NextSingle() - 1;
        var logits = new float[batch * model.Classes];
        // The caches belong to the model before the clock runs; at first, .NET also has to have compiled its code for good.
        var begun = Stopwatch.GetTimestamp();
        do model.Run(images, logits);
        while (times is null && Stopwatch.GetElapsedTime(begun).TotalMilliseconds < warmUp);
        for (var call = 0; call < calls; call++)
        {
            var start = Stopwatch.GetTimestamp();
            model.Run(images, logits);
            times?.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
