using System.Text.RegularExpressions;

namespace DistillKit.Cli.Notebooks;

/// <summary>Executes one notebook in its folder and in a kernel of its own, and saves it after each cell: what one notebook loads and sets
/// cannot reach the next.</summary>
internal sealed partial class NotebookRun(NotebookFile notebook, string folder, Action save)
{
    /// <summary>The longest that a cell may take to end by itself when it is asked to: a training saves a checkpoint.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10), ShortGrace = TimeSpan.FromSeconds(0.5);

    private readonly CellOutputs outputs = new();
    private readonly OutputFilter filter = new(folder.StartsWith(Checkout.Root, StringComparison.Ordinal) ? Checkout.Root : folder);
    private long lastUpdate = Stopwatch.GetTimestamp();
    private int? errorLine;

    /// <summary>Executes all cells, until one fails or takes longer than its limit.</summary>
    /// <returns>Why it ended early: the file, the cell's number, the line and what went wrong; null when it ran to its end.</returns>
    internal async Task<string?> ExecuteAsync(IReadOnlyDictionary<string, string> settings, TimeSpan limit, CancellationToken cancellation)
    {
        await using var kernel = await KernelProcess.StartAsync(folder, settings, Receive, cancellation);
        notebook.Clear();
        Cell[] cells = [.. notebook.CodeCells];
        foreach (var (index, cell) in cells.Index())
        {
            var title = cell.Source.Split('\n').FirstOrDefault(line => line.Trim().Length > 0 && !line.StartsWith('#'))?.Trim();
            Console.WriteLine($"[{index + 1}/{cells.Length}] {title}");
            errorLine = null;
            outputs.Begin();
            var error = await RunAsync(kernel, cell, limit, cancellation);
            if (error is not null) outputs.Fail(error);
            // A cell may have updated what an earlier one displays.
            foreach (var (place, json) in outputs.ToJson().Index()) cells[place].SetResult(place + 1, filter.Apply(json));
            save();
            if (error is not null)
                return filter.Apply($"{notebook.Name}, cell {index + 1}{LineOf(error)}: {error.Split('\n')[0].TrimEnd()}");
        }
        return null;
    }

    private async Task<string?> RunAsync(KernelProcess kernel, Cell cell, TimeSpan limit, CancellationToken cancellation)
    {
        var language = cell.Language ?? notebook.Language;
        var running = kernel.SubmitAsync(cell.Source, language);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(limit);
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, stop.Token));
        if (running.IsCompleted) return await running;

        // The command is answered as soon as it is cancelled; code that comes after it waits until it has really ended.
        var grace = cancellation.IsCancellationRequested ? ShortGrace : Grace;
        await Task.WhenAny(kernel.CancelAsync(), Task.Delay(grace, CancellationToken.None));
        var ended = kernel.SubmitAsync("", language);
        await Task.WhenAny(ended, Task.Delay(grace, CancellationToken.None));
        if (!ended.IsCompleted) kernel.Kill();
        return cancellation.IsCancellationRequested ? "stopped" : $"The cell took longer than its limit of {limit.TotalSeconds:0.#} s.";
    }

    private void Receive(KernelEvent arrived)
    {
        outputs.Add(arrived);
        Print(arrived.EventType, arrived.Event.Plain);
        var wrong = arrived.Event.Diagnostics?.FirstOrDefault(diagnostic => diagnostic.Severity == "error");
        if (wrong is not null) errorLine = wrong.LinePositionSpan.Start.Line + 1;
    }

    // What cells write, as it comes; of displayed values, those that have a plain text; of their updates, one in a while.
    private void Print(string eventType, string text)
    {
        if (text.Length == 0) return;
        switch (eventType)
        {
            case "StandardOutputValueProduced":
                Terminal.Raw.Write(text);
                break;
            case "StandardErrorValueProduced":
                Console.Error.Write(text);
                break;
            case "ReturnValueProduced" or "DisplayedValueProduced":
                Terminal.Raw.WriteLine(text);
                break;
            case "DisplayedValueUpdated" when Stopwatch.GetElapsedTime(lastUpdate) >= ProgressView.Interval:
                lastUpdate = Stopwatch.GetTimestamp();
                Terminal.Raw.WriteLine(text);
                break;
        }
    }

    // A compiler says its line as a number. Of an exception the kernel sends only the text of its stack trace, where the cell comes last.
    private string LineOf(string error)
    {
        if (errorLine is { } known) return $", line {known}";
        return FrameLine().Matches(error) is [.., var frame] ? $", line {frame.Groups[1].Value}" : "";
    }

    [GeneratedRegex(@" in :line (\d+)")]
    private static partial Regex FrameLine();
}
