using System.Text.RegularExpressions;

namespace DistillKit.Cli.Notebooks;

/// <summary>Executes one notebook, in a kernel of its own: what one notebook loads and sets cannot reach the next.</summary>
/// <param name="notebook">The notebook; its outputs are replaced.</param>
/// <param name="folder">Its folder, in which cells run.</param>
/// <param name="save">Is called after each cell.</param>
internal sealed partial class NotebookRun(NotebookFile notebook, string folder, Action save)
{
    private const string Stopped = "stopped";

    private readonly CellOutputs outputs = new();
    private readonly OutputFilter filter = new(folder.StartsWith(Checkout.Root, StringComparison.Ordinal) ? Checkout.Root : folder);
    private readonly ConsoleView view = new();
    private int? errorLine;

    /// <summary>The longest that a cell may take to end by itself when it is told to: a training saves a checkpoint.</summary>
    internal static TimeSpan Grace { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Executes all cells, until one fails.</summary>
    /// <param name="settings">Environment variables of the kernel.</param>
    /// <param name="limit">The longest that a cell may take.</param>
    /// <param name="cancellation">Stops the execution; what ran is kept.</param>
    /// <returns>Why it ended early: the file, the cell's number, the line and what went wrong; null when it ran to its end.</returns>
    internal async Task<string?> ExecuteAsync(IReadOnlyDictionary<string, string> settings, TimeSpan limit, CancellationToken cancellation)
    {
        await using var kernel = await KernelProcess.StartAsync(folder, settings, Receive, cancellation);
        notebook.Clear();
        Cell[] cells = [.. notebook.CodeCells];
        foreach (var (index, cell) in cells.Index())
        {
            Console.WriteLine($"[{index + 1}/{cells.Length}] {Title(cell)}");
            errorLine = null;
            outputs.Begin();
            var error = await RunAsync(kernel, cell, limit, cancellation);
            if (error is not null) outputs.Fail(error);
            // A cell may have updated what an earlier one displays.
            foreach (var (changed, json) in outputs.TakeChanges()) cells[changed].SetResult(changed + 1, filter.Apply(json));
            save();
            if (error is not null)
                return filter.Apply($"{notebook.Name}, cell {index + 1}{LineOf(error)}: {error.Split('\n')[0].TrimEnd()}");
        }
        return null;
    }

    private async Task<string?> RunAsync(KernelProcess kernel, Cell cell, TimeSpan limit, CancellationToken cancellation)
    {
        var language = KernelLanguage.FirstOf(cell.Language) ?? notebook.DefaultLanguage;
        var running = kernel.SubmitAsync(cell.Source, language);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limit);
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, stop.Token));
        if (running.IsCompleted) return (await running).Message;

        // The command is answered as soon as it is cancelled; code that comes after it waits until it has really ended.
        await Task.WhenAny(kernel.CancelAsync(), Task.Delay(Grace, CancellationToken.None));
        var ended = kernel.SubmitAsync("", language);
        await Task.WhenAny(ended, Task.Delay(Grace, CancellationToken.None));
        if (!ended.IsCompleted) kernel.Kill();
        return cancellation.IsCancellationRequested
            ? Stopped
            : FormattableString.Invariant($"The cell took longer than its limit of {limit.TotalSeconds:0.#} s.");
    }

    private void Receive(KernelEvent arrived)
    {
        outputs.Add(arrived);
        view.Show(arrived);
        var wrong = arrived.Event.Diagnostics?.FirstOrDefault(diagnostic => diagnostic.Severity == "error");
        if (wrong is not null) errorLine = wrong.LinePositionSpan.Start.Line + 1;
    }

    // A compiler says its line as a number. Of an exception the kernel sends only the text of its stack trace, where the cell comes last.
    private string LineOf(string error)
    {
        if (errorLine is { } known) return FormattableString.Invariant($", line {known}");
        return FrameLine().Matches(error) is [.., var frame] ? $", line {frame.Groups[1].Value}" : "";
    }

    private static string? Title(Cell cell) =>
        cell.Source.Split('\n').FirstOrDefault(line => line.Trim().Length > 0 && !line.StartsWith('#'))?.Trim();

    [GeneratedRegex(@" in :line (\d+)")]
    private static partial Regex FrameLine();
}
