using System.Globalization;
using System.Runtime.InteropServices;
using DistillKit.Host;
using DistillKit.Host.Execution;
using DistillKit.Host.Files;

// The process of one notebook, which `distillkit notebooks run` starts: DistillKit.Host NOTEBOOK RESULT SECONDS [--watch-input], or --check NOTEBOOKS.
// Exit codes: 0 done, 1 a cell failed or outputs are stale, 2 wrong usage, 130 stopped. With --watch-input it stops when its standard input ends, as
// it does when the process that started it goes away.
if (args is ["--check", .. var checkedFiles]) return Check(checkedFiles);
if (args is not [var path, var result, var seconds, .. var rest] || !double.TryParse(seconds, CultureInfo.InvariantCulture, out var limit) || rest is not ([] or ["--watch-input"]))
{
    Console.Error.WriteLine("usage: DistillKit.Host NOTEBOOK RESULT SECONDS [--watch-input] | --check NOTEBOOKS");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOnce);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOnce);
if (rest is [_]) WatchInput(stop);
try
{
    var notebook = NotebookFile.Load(path);
    var count = notebook.CodeCells.Count();
    var (output, error) = (Console.Out, Console.Error);
    var run = new NotebookRun(notebook, Path.GetDirectoryName(Path.GetFullPath(path))!, new ConsoleView())
    {
        Begins = (number, cell) => output.WriteLine($"[{number}/{count}] {cell.Source.Split('\n').FirstOrDefault(line => line.Trim().Length > 0 && !line.StartsWith('#'))?.Trim()}"),
        Ended = () => notebook.Save(result),
    };
    var ended = await run.ExecuteAsync(TimeSpan.FromSeconds(limit), stop.Token);
    if (ended.End == RunEnd.Completed)
    {
        notebook.MarkExecuted(Environment.GetEnvironmentVariable("DISTILLKIT_PROFILE"));
        notebook.Save(result);
        output.WriteLine(FormattableString.Invariant($"{Path.GetFileName(path)}: {ended.Cells} cells in {ended.Time.TotalSeconds:f1} s"));
    }
    else
    {
        error.WriteLine($"distillkit: {ended.Error}");
    }
    output.Flush();
    error.Flush();
    var code = ended.End switch { RunEnd.Completed => 0, RunEnd.Stopped => 130, _ => 1 };
    // Threads that a cell left behind, or that still run it, do not keep the process.
    Environment.Exit(code);
    return code;
}
catch (HostException problem)
{
    Console.Error.WriteLine($"distillkit: {problem.Message}");
    return 1;
}

void StopOnce(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

static void WatchInput(CancellationTokenSource stop) => new Thread(() =>
{
    using var input = Console.OpenStandardInput();
    while (input.ReadByte() >= 0)
    {
    }
    stop.Cancel();
}) { IsBackground = true }.Start();

static int Check(string[] files)
{
    var stale = 0;
    foreach (var file in files)
    {
        try
        {
            if (NotebookFile.Load(file).FindStaleness() is not { } reason) continue;
            Console.Error.WriteLine($"distillkit: {file}: {reason}; `./distillkit notebooks run {Path.GetFileName(file)} --write` executes it");
        }
        catch (HostException error)
        {
            Console.Error.WriteLine($"distillkit: {error.Message}");
        }
        stale++;
    }
    Console.WriteLine($"{files.Length - stale} of {files.Length} notebooks have the outputs of their code");
    return stale == 0 ? 0 : 1;
}
