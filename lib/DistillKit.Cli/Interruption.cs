namespace DistillKit.Cli;

/// <summary>Ctrl+C and SIGTERM. The first asks the verb to stop; where that takes too long, and at the second, the process ends as it
/// stands: files are written whole or not at all, and a training goes on from its last checkpoint.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WritingPatience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource cancellation = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Action report;
    private int signals;

    internal Interruption(Action report)
    {
        this.report = report;
        registrations =
            [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    internal CancellationToken Token => cancellation.Token;

    /// <summary>What the process has to end with; null where nobody has stopped it.</summary>
    internal int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ExitCode ??= signal.Signal == PosixSignal.SIGTERM ? 143 : 130;
        var isFirst = Interlocked.Increment(ref signals) == 1;
        new Thread(() => End(isFirst ? Patience : TimeSpan.Zero)) { IsBackground = true }.Start();
        if (isFirst) _ = cancellation.CancelAsync();
    }

    private void End(TimeSpan patience)
    {
        Thread.Sleep(patience);
        AtomicFile.Close(WritingPatience);
        // What hides the cursor has no chance to show it.
        if (!Console.IsOutputRedirected) Terminal.Raw.Write("\u001b[?25h\n");
        report();
        Terminal.Raw.Flush();
        // Without the ends of native libraries, whose threads may still compute.
        if (OperatingSystem.IsWindows()) Environment.Exit(ExitCode!.Value);
        else Exit(ExitCode!.Value);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);
}
