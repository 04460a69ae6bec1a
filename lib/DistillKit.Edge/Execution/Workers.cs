namespace DistillKit.Edge.Execution;

/// <summary>Threads that share an operator's work items with the calling thread. Items are claimed by compare-and-swap, so a thread that is
/// late takes nothing and delays nobody. Between operators they spin; between runs they sleep.</summary>
internal sealed class Workers : IDisposable
{
    private const int SpinsBeforeSleep = 2000, ClaimsOfThread = 4;

    /// <summary>There is no item: the job is being exchanged.</summary>
    private const uint Closed = uint.MaxValue;

    private readonly Thread[] threads;
    private readonly ManualResetEventSlim isOpen = new(false, SpinsBeforeSleep);
    private volatile bool isDisposed;

    // The job. It is only written while the ticket is closed; an item is only claimed if the ticket did not change while the job was read.
    private Operator? operation;
    private int images, items, claim;
    private ulong ticket = Closed;
    private int done;

    /// <param name="count">All threads, the calling one included.</param>
    public Workers(int count)
    {
        threads = new Thread[count - 1];
        for (var i = 0; i < threads.Length; i++)
            (threads[i] = new(Loop) { IsBackground = true, Name = $"DistillKit.Edge {i + 1}" }).Start();
    }

    /// <summary>Wakes the threads for a series of operators.</summary>
    public void Open()
    {
        if (threads.Length > 0)
            isOpen.Set();
    }

    /// <summary>Lets the threads sleep.</summary>
    public void Close() => isOpen.Reset();

    /// <summary>Runs all items of an operator and returns when they are done.</summary>
    public void Run(Operator job, int jobImages, int jobItems)
    {
        if (threads.Length == 0 || jobItems < 2)
        {
            job.Run(jobImages, 0, jobItems);
            return;
        }
        var generation = (ticket >> 32) + 1;
        Interlocked.Exchange(ref ticket, (generation << 32) | Closed);
        (operation, images, items, claim) = (job, jobImages, jobItems, Math.Max(1, jobItems / ((threads.Length + 1) * ClaimsOfThread)));
        Volatile.Write(ref done, 0);
        Volatile.Write(ref ticket, generation << 32);
        while (RunSome())
        {
        }
        for (var spin = new SpinWait(); Volatile.Read(ref done) < jobItems;)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    public void Dispose()
    {
        isDisposed = true;
        isOpen.Set();
        foreach (var thread in threads)
            thread.Join();
        isOpen.Dispose();
    }

    /// <returns>False if there was nothing to claim.</returns>
    private bool RunSome()
    {
        var current = Volatile.Read(ref ticket);
        var first = (uint)current;
        if (first == Closed)
            return false;
        var (job, jobImages, jobItems, jobClaim) = (operation, images, items, claim);
        if (first >= jobItems)
            return false;
        var end = Math.Min(first + (uint)jobClaim, (uint)jobItems);
        if (Interlocked.CompareExchange(ref ticket, (current & ~(ulong)Closed) | end, current) != current)
            return true;
        job!.Run(jobImages, (int)first, (int)(end - first));
        Interlocked.Add(ref done, (int)(end - first));
        return true;
    }

    private void Loop()
    {
        var spin = new SpinWait();
        while (!isDisposed)
        {
            isOpen.Wait();
            if (RunSome())
                spin.Reset();
            else
                spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
