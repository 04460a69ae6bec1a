using System.Runtime.ExceptionServices;

namespace DistillKit;

/// <summary>Work at the same time, each on its share of the processor's cores. Two small networks are done sooner so than one after the
/// other: most of their operations are too short for two cores to share.</summary>
public static class SideBySide
{
    /// <summary>Whether that is faster here: a graphics card computes one thing at a time, and so does one core.</summary>
    public static bool IsFaster(Device device) => device.type == DeviceType.CPU && get_num_threads() > 1;

    /// <summary>Runs a job once for each share, which it is told, from 0; the first that fails stops the others.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(int shares, Action<int, CancellationToken> job, CancellationToken cancellation) =>
        Run(shares, [.. Enumerable.Range(0, shares).Select(share => (Action<CancellationToken>)(stop => job(share, stop)))], cancellation);

    /// <summary>Runs all jobs; the first that fails stops the others.</summary>
    /// <param name="shares">How many share the processor. A training that goes on after the others have ended keeps its share: with other
    /// threads its sums, and so its results, would be rounded otherwise.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Run(int shares, IReadOnlyList<Action<CancellationToken>> jobs, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (threads, errors) = (get_num_threads(), new Exception?[jobs.Count]);
        Thread Start(Action<CancellationToken> job, int index)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    // Of this thread alone; the engine keeps the number for each.
                    set_num_threads(Math.Max(1, threads / shares));
                    job(stop.Token);
                }
                catch (Exception error)
                {
                    errors[index] = error;
                    stop.Cancel();
                }
            });
            thread.Start();
            return thread;
        }
        foreach (var thread in jobs.Select(Start).ToList()) thread.Join();
        // Threads that come later take the number that was set last.
        set_num_threads(threads);
        var failed = errors.OfType<Exception>().OrderBy(error => error is OperationCanceledException).FirstOrDefault();
        if (failed is not null) ExceptionDispatchInfo.Throw(failed);
    }
}
