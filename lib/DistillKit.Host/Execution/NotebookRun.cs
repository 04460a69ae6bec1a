using System.Diagnostics;
using System.Text.Json.Nodes;
using DistillKit.Host.Files;
using DistillKit.Host.Outputs;

namespace DistillKit.Host.Execution;

/// <summary>How an execution ended.</summary>
public enum RunEnd
{
    /// <summary>All cells ran.</summary>
    Completed,

    /// <summary>A cell failed, or took too long.</summary>
    Failed,

    /// <summary>It was stopped.</summary>
    Stopped,
}

/// <summary>What an execution came to.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Cells">The cells with code that were begun.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Error">Why it ended early: the file, the cell's number, the line and what went wrong.</param>
/// <param name="IsAbandoned">Whether a cell is still running that did not heed its cancellation; only the end of the process ends it.</param>
public sealed record RunResult(RunEnd End, int Cells, TimeSpan Time, string? Error = null, bool IsAbandoned = false);

/// <summary>Executes a notebook in this process, which should execute no other: what a notebook loads stays loaded.</summary>
/// <param name="notebook">The notebook; its outputs are replaced.</param>
/// <param name="folder">Its folder, in which cells run.</param>
/// <param name="observer">Is told what cells put out.</param>
public sealed class NotebookRun(NotebookFile notebook, string folder, IOutputObserver observer)
{
    /// <summary>The longest that a cell may take to end by itself when it is told to.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Is called when a cell begins, with its number among the cells with code, from 1.</summary>
    public Action<int, Cell>? Begins { get; init; }

    /// <summary>Is called after every cell, for instance to save the file.</summary>
    public Action? Ended { get; init; }

    /// <summary>Executes all cells, until one fails.</summary>
    /// <param name="limit">The longest that a cell may take.</param>
    /// <param name="cancellation">Stops the execution.</param>
    public async Task<RunResult> ExecuteAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        var start = Stopwatch.GetTimestamp();
        var (outputs, filter) = (new CellOutputs(observer), new OutputFilter(Root()));
        var done = new List<(int Number, Cell Cell, JsonArray Outputs)>();
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder);
        using var console = new ConsoleCapture(outputs);
        try
        {
            var session = new Session(folder, outputs);
            notebook.Clear();
            foreach (var cell in notebook.CodeCells)
            {
                var number = done.Count + 1;
                Begins?.Invoke(number, cell);
                done.Add((number, cell, outputs.Begin()));
                var (error, end, isAbandoned) = await RunAsync(session, cell, number, limit, cancellation);
                if (error is not null) outputs.Error(error);
                // A cell may have updated what an earlier one displays.
                foreach (var (index, earlier, raw) in done) earlier.SetResult(index, filter.Apply(raw));
                Ended?.Invoke();
                if (error is not null) return new(end, number, Stopwatch.GetElapsedTime(start), filter.Apply(Describe(error, number)), isAbandoned);
            }
            return new(RunEnd.Completed, done.Count, Stopwatch.GetElapsedTime(start));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    private async Task<(CellError? Error, RunEnd End, bool IsAbandoned)> RunAsync(Session session, Cell cell, int number, TimeSpan limit, CancellationToken cancellation)
    {
        var language = cell.Language ?? notebook.DefaultLanguage;
        if (LanguageName.Find(language) is not { } known) return (CellError.Of($"The cell is in '{language}', and only {string.Join(", ", LanguageName.All)} run here."), RunEnd.Failed, false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = Task.Run(() => session.RunAsync(cell.Source, known, number, stop.Token), CancellationToken.None);
        stop.CancelAfter(limit);
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, stop.Token));
        // Told to stop, a cell that looks at its cancellation ends by itself: a training saves a checkpoint.
        if (!running.IsCompleted) await Task.WhenAny(running, Task.Delay(Grace, CancellationToken.None));
        if (stop.IsCancellationRequested)
        {
            // The exception of a cell that was told to stop says nothing more.
            _ = running.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
            return cancellation.IsCancellationRequested
                ? (CellError.Of("stopped"), RunEnd.Stopped, !running.IsCompleted)
                : (CellError.Of(FormattableString.Invariant($"The cell took longer than its limit of {limit.TotalSeconds:0.#} s.")), RunEnd.Failed, !running.IsCompleted);
        }
        return (await running, RunEnd.Failed, false);
    }

    private string Describe(CellError error, int number) =>
        $"{notebook.Name}, cell {number}{(error.Line is { } line ? $", line {line}" : "")}: {error.Message.Split('\n')[0]}";

    // The checkout that holds the notebook, or its own folder.
    private string Root()
    {
        for (var parent = new DirectoryInfo(folder); parent is not null; parent = parent.Parent)
            if (Path.Exists(Path.Combine(parent.FullName, ".git")) || File.Exists(Path.Combine(parent.FullName, "DistillKit.Notebooks.sln"))) return parent.FullName;
        return folder;
    }
}
