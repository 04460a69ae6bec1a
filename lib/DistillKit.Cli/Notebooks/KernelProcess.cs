using System.Collections.Concurrent;

namespace DistillKit.Cli.Notebooks;

/// <summary>A kernel in a process of its own, spoken to over its standard input and output, as VS Code does.</summary>
internal sealed class KernelProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan QuitPatience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> open = [];
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock writing = new();
    private readonly Process process;
    private readonly Action<KernelEvent> received;
    private readonly Confinement? confinement;
    private readonly Task reading, errors, watching;
    private volatile string lastError = "";
    private volatile string? excess;
    private long output;
    private int commands;

    private KernelProcess(ProcessStartInfo start, Action<KernelEvent> received, Confinement? confinement)
    {
        (this.received, this.confinement) = (received, confinement);
        process = Process.Start(start)!;
        (reading, errors) = (ReadAsync(), ReadErrorsAsync());
        watching = confinement is null ? Task.CompletedTask : WatchAsync(confinement);
    }

    /// <summary>Starts a kernel in a folder, with environment variables, and waits until it takes commands. All events but the ends of
    /// commands are handed on, one after the other.</summary>
    /// <param name="confinement">What it may use; everything where not given.</param>
    /// <exception cref="UserException">It is not installed, or does not start.</exception>
    internal static async Task<KernelProcess> StartAsync(
        string folder, IReadOnlyDictionary<string, string> settings, Action<KernelEvent> received, CancellationToken cancellation,
        Confinement? confinement = null)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        string[] arguments = [KernelTool.Find(), "stdio", "--default-kernel", NotebookFile.CSharp, "--working-dir", folder];
        var apart = Confinement.HasNamespaces ? confinement : null;
        var start = apart?.Confine(KernelTool.DotNet, arguments) ?? new ProcessStartInfo(KernelTool.DotNet, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = utf8;
        foreach (var (name, value) in KernelTool.Variables.Concat(settings)) start.Environment[name] = value;
        var kernel = new KernelProcess(start, received, confinement);
        try
        {
            await kernel.ready.Task.WaitAsync(StartPatience, cancellation);
            var prelude = apart is null ? OwnEnds + Debugging : Debugging;
            if (await kernel.SubmitAsync(prelude, NotebookFile.CSharp).WaitAsync(StartPatience, cancellation) is { } message)
                throw new UserException($"The notebook kernel did not start: {message.Split('\n')[0]}");
            return kernel;
        }
        catch (Exception error)
        {
            await kernel.DisposeAsync();
            throw error is TimeoutException
                ? new UserException($"The notebook kernel did not start in {StartPatience.TotalMinutes} minutes.", error)
                : error;
        }
    }

    // What this makes of a kernel: the interrupt key ends the cell through the runner rather than the process, and the end of the runner
    // ends the kernel, which does not look at the end of its input.
    private static string OwnEnds => $$"""
        System.AppDomain.CurrentDomain.SetData("distillkit.interrupt", System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT, signal => signal.Cancel = true));
        new System.Threading.Thread(() =>
        {
            System.Diagnostics.Process.GetProcessById({{Environment.ProcessId}}).WaitForExit();
            System.Environment.Exit(1);
        }) { IsBackground = true }.Start();

        """;

    // Exceptions know their lines.
    private const string Debugging = """
        {
            var kernel = Microsoft.DotNet.Interactive.KernelExtensions.FindKernelByName(Microsoft.DotNet.Interactive.Kernel.Root, "csharp");
            var hidden = System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic;
            var field = kernel.GetType().GetField("_scriptOptions", hidden);
            if (field?.GetValue(kernel) is Microsoft.CodeAnalysis.Scripting.ScriptOptions options)
                field.SetValue(kernel, options.WithEmitDebugInformation(true));
        }
        """;

    /// <summary>Runs code that begins in a language, and says why it failed; null when it did not.</summary>
    internal Task<string?> SubmitAsync(string code, string language) => SendAsync("SubmitCode", new(language, code));

    /// <summary>Asks the running code to stop. Its command is answered at once; the code itself ends when it looks.</summary>
    internal Task<string?> CancelAsync() => SendAsync("Cancel", new(".NET"));

    /// <summary>Whether nobody answers any more.</summary>
    internal bool HasEnded => process.HasExited;

    internal void Kill()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited && ready.Task.IsCompletedSuccessfully) _ = SendAsync("Quit", new(".NET"));
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(ready.Task.IsCompletedSuccessfully ? QuitPatience : TimeSpan.Zero));
        Kill();
        await Task.WhenAll(reading, errors, watching);
        process.Dispose();
    }

    private Task<string?> SendAsync(string type, KernelCommandBody body)
    {
        var token = $"run-{Interlocked.Increment(ref commands)}";
        var answer = open[token] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            lock (writing)
            {
                process.StandardInput.Write(new KernelCommand(token, type, body).ToLine());
                process.StandardInput.Flush();
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The process has ended; so has what reads from it, or will at once.
        }
        if (reading.IsCompleted) _ = CloseAsync();
        return answer.Task;
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await ReadLineAsync(process.StandardOutput) is { } line) Read(line);
        }
        catch (Exception error) when (confinement is not null)
        {
            // What is confined may write anything, also events that are none.
            Exceed($"it wrote what no kernel writes ({error.GetType().Name})");
        }
        await CloseAsync();
    }

    private void Read(string line)
    {
        // Native code writes past the kernel, also in front of an event.
        var start = line.IndexOf(KernelEvent.Start, StringComparison.Ordinal);
        var read = start < 0 ? null : KernelEvent.Parse(line[start..]);
        var foreign = read is null ? line + "\n" : line[..start];
        if (foreign.Trim().Length > 0) received(KernelEvent.Printed(foreign));
        if (read is null) return;
        if (read.EventType == "KernelReady") ready.TrySetResult();
        else if (read.EventType is not ("CommandSucceeded" or "CommandFailed")) received(read);
        else if (read.Command?.Token is { } token && open.TryRemove(token, out var waiting))
            waiting.SetResult(read.EventType == "CommandFailed" ? read.Event.Message ?? "it failed" : null);
    }

    private async Task ReadErrorsAsync()
    {
        while (await ReadLineAsync(process.StandardError) is { } line)
        {
            // Of a stack trace the first line says most.
            if (line.Trim() is { Length: > 0 } said && (lastError.Length == 0 || !line.StartsWith("   at ", StringComparison.Ordinal)))
                lastError = said;
        }
    }

    // A confined kernel ends when it has written too much, also when that is one line without an end.
    private async Task<string?> ReadLineAsync(StreamReader from)
    {
        if (confinement is null) return await from.ReadLineAsync();
        var (line, letter) = (new StringBuilder(), new Memory<char>(new char[1]));
        while (await from.ReadAsync(letter) > 0)
        {
            if (Interlocked.Increment(ref output) > confinement.Output)
            {
                Exceed($"it wrote more than {confinement.Output / 1_000_000} million characters");
                return null;
            }
            if (letter.Span[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append(letter.Span[0]);
        }
        return line.Length > 0 ? line.ToString() : null;
    }

    private async Task WatchAsync(Confinement limits)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!process.HasExited && await timer.WaitForNextTickAsync())
        {
            var (processes, memory) = ProcessTree.Measure(process.Id);
            if (memory > limits.Memory) Exceed($"it used more than {limits.Memory >> 20:n0} MiB of memory");
            if (processes > Confinement.Processes) Exceed($"it started more than {Confinement.Processes} processes");
        }
    }

    private void Exceed(string what)
    {
        excess ??= what;
        Kill();
    }

    // Nobody answers any more.
    private async Task CloseAsync()
    {
        await process.WaitForExitAsync();
        var killed = process.ExitCode == 137 ? " (killed, perhaps for lack of memory)" : "";
        var said = lastError.Length > 0 ? $": {lastError}" : "";
        var message = excess is null
            ? $"The kernel's process ended with exit code {process.ExitCode}{killed}{said}"
            : $"The kernel was ended because {excess}.";
        ready.TrySetException(new UserException(message));
        foreach (var token in open.Keys)
            if (open.TryRemove(token, out var waiting)) waiting.TrySetResult(message);
    }
}
