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
    private readonly Task reading;
    private volatile string lastError = "";
    private int commands;

    private KernelProcess(ProcessStartInfo start, Action<KernelEvent> received)
    {
        this.received = received;
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (string.IsNullOrWhiteSpace(line.Data)) return;
            // Of a stack trace the first line says most.
            if (lastError.Length == 0 || !line.Data.StartsWith("   at ", StringComparison.Ordinal)) lastError = line.Data.Trim();
        };
        process.BeginErrorReadLine();
        reading = ReadAsync();
    }

    /// <summary>Starts a kernel in a folder, with environment variables, and waits until it takes commands. All events but the ends of
    /// commands are handed on, one after the other.</summary>
    /// <exception cref="UserException">It is not installed, or does not start.</exception>
    internal static async Task<KernelProcess> StartAsync(
        string folder, IReadOnlyDictionary<string, string> settings, Action<KernelEvent> received, CancellationToken cancellation)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        string[] arguments = [KernelTool.Find(), "stdio", "--default-kernel", NotebookFile.CSharp, "--working-dir", folder];
        var start = new ProcessStartInfo(KernelTool.DotNet, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        foreach (var (name, value) in KernelTool.Variables.Concat(settings)) start.Environment[name] = value;
        var kernel = new KernelProcess(start, received);
        try
        {
            await kernel.ready.Task.WaitAsync(StartPatience, cancellation);
            if (await kernel.SubmitAsync(Prelude, NotebookFile.CSharp).WaitAsync(StartPatience, cancellation) is { } message)
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

    /// <summary>What this makes of a kernel: the interrupt key ends the cell through the runner rather than the process, the end of the
    /// runner ends the kernel (which does not look at the end of its input), and exceptions know their lines.</summary>
    private static string Prelude => $$"""
        {
            System.AppDomain.CurrentDomain.SetData("distillkit.interrupt", System.Runtime.InteropServices.PosixSignalRegistration.Create(
                System.Runtime.InteropServices.PosixSignal.SIGINT, signal => signal.Cancel = true));
            new System.Threading.Thread(() =>
            {
                System.Diagnostics.Process.GetProcessById({{Environment.ProcessId}}).WaitForExit();
                System.Environment.Exit(1);
            }) { IsBackground = true }.Start();
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

    internal void Kill()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited && ready.Task.IsCompletedSuccessfully) _ = SendAsync("Quit", new(".NET"));
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(ready.Task.IsCompletedSuccessfully ? QuitPatience : TimeSpan.Zero));
        Kill();
        await reading;
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
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // Native code writes past the kernel, also in front of an event.
            var start = line.IndexOf(KernelEvent.Start, StringComparison.Ordinal);
            var read = start < 0 ? null : KernelEvent.Parse(line[start..]);
            var foreign = read is null ? line + "\n" : line[..start];
            if (foreign.Trim().Length > 0) received(KernelEvent.Printed(foreign));
            if (read is null) continue;
            if (read.EventType == "KernelReady") ready.TrySetResult();
            else if (read.EventType is not ("CommandSucceeded" or "CommandFailed")) received(read);
            else if (read.Command?.Token is { } token && open.TryRemove(token, out var waiting))
                waiting.SetResult(read.EventType == "CommandFailed" ? read.Event.Message ?? "it failed" : null);
        }
        await CloseAsync();
    }

    // Nobody answers any more.
    private async Task CloseAsync()
    {
        await process.WaitForExitAsync();
        var killed = process.ExitCode == 137 ? " (killed, perhaps for lack of memory)" : "";
        var said = lastError.Length > 0 ? $": {lastError}" : "";
        var message = $"The kernel's process ended with exit code {process.ExitCode}{killed}{said}";
        ready.TrySetException(new UserException(message));
        foreach (var token in open.Keys)
            if (open.TryRemove(token, out var waiting)) waiting.TrySetResult(message);
    }
}
