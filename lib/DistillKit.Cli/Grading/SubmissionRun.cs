using System.Text.RegularExpressions;

namespace DistillKit.Cli.Grading;

/// <summary>How notebooks are executed for grades.</summary>
/// <param name="CellLimit">The longest that a cell may take, unless the solution's takes long, too.</param>
/// <param name="Draw">What the inputs of hidden questions follow from.</param>
internal sealed record GradingSettings(
    string Profile, string? Data, TimeSpan CellLimit, long Memory, int Parallel, string? Draw = null)
{
    /// <summary>What the notebook's kernel finds in its environment.</summary>
    internal IReadOnlyDictionary<string, string> Variables(string artifacts)
    {
        // Both kernels compute with the same threads, so that sums are the same.
        var threads = Math.Max(1, Environment.ProcessorCount / Parallel);
        return new Dictionary<string, string>(NotebookRunner.Settings([], Profile, Data, artifacts))
        {
            ["DISTILLKIT_GRADING"] = "1",
            ["DISTILLKIT_DRAW"] = Draw ?? "",
            ["OMP_NUM_THREADS"] = $"{threads}",
        };
    }
}

/// <summary>What came of a notebook's execution.</summary>
/// <param name="Evidence">By exercise, what its test has shown, in order; more than once where somebody has added to it.</param>
/// <param name="Failures">By exercise, why its solution had to be replaced by the blank.</param>
/// <param name="Seconds">By the number of the code cell, how long it took.</param>
internal sealed record Execution(
    NotebookFile Notebook, IReadOnlyDictionary<string, IReadOnlyList<Evidence>> Evidence, IReadOnlyDictionary<string, string> Failures,
    IReadOnlyList<string> Remarks, IReadOnlyList<double> Seconds);

/// <summary>
/// Executes a fresh copy to its end, whatever is in it. A solution that fails is replaced by its blank, so that the exercises after it can
/// be judged; where it has stopped or ended the kernel, another kernel starts without it.
/// </summary>
/// <param name="limits">By the number of the author's code cell, the longest that it may take.</param>
internal sealed partial class SubmissionRun(FreshCopy copy, GradingSettings settings, Func<int, TimeSpan> limits)
{
    /// <summary>Characters; the thirteen notebooks write half a million each at most.</summary>
    private const long MostOutput = 32_000_000;

    // A type of the same name that a cell has declared would be asked instead.
    private static readonly string Ours = string.Concat(((string[])["Check", "Draw", "Exercise", "Lessons"])
        .Select(name => $"using {name} = global::DistillKit.Notebook.Exercises.{name}; "));

    private readonly Dictionary<string, IReadOnlyList<Evidence>> evidence = [];
    private readonly Dictionary<string, string> failures = [];
    private readonly List<string> remarks = [.. copy.Remarks];
    private readonly HashSet<CopiedCell> withdrawn = [];
    private readonly double[] seconds = new double[copy.Cells.Count];
    private readonly OutputFilter filter = new(Checkout.Root);

    // Of the kernel that runs.
    private CellOutputs outputs = new();
    private List<Evidence> shown = [];

    /// <summary>What is executed.</summary>
    internal FreshCopy Copy => copy;

    /// <param name="folder">Where the kernel starts when it cannot be confined; it holds the set-up script.</param>
    /// <param name="artifacts">The folder of artifacts; a confined kernel gets a copy of it.</param>
    /// <param name="isConfined">Whether the code is somebody else's.</param>
    internal async Task<Execution> ExecuteAsync(string folder, string artifacts, bool isConfined, CancellationToken cancellation)
    {
        var isApart = isConfined && Confinement.HasNamespaces;
        var variables = settings.Variables(isApart ? Confinement.Artifacts : artifacts);
        string[] seen = [.. ((string?[])[settings.Data, settings.Profile]).Where(Path.Exists).Select(path => Path.GetFullPath(path!))];
        var confinement = isConfined ? new Confinement(settings.Memory, MostOutput, artifacts, seen) : null;
        if (isApart) folder = Path.Combine(Checkout.Root, "notebooks");
        bool isFinished;
        do
        {
            (outputs, var kernel) = (new(), await StartAsync());
            await using (kernel) isFinished = await RunAsync(kernel, cancellation);
        }
        while (!isFinished);
        foreach (var (place, json) in outputs.ToJson().Index()) copy.Cells[place].Cell.SetResult(place + 1, filter.Apply(json));
        return new(copy.Notebook, evidence, failures, remarks, seconds);

        // Of kernels that start at the same moment one sometimes ends at once.
        async Task<KernelProcess> StartAsync(int attempts = 3)
        {
            try
            {
                return await KernelProcess.StartAsync(folder, variables, Receive, cancellation, confinement);
            }
            catch (UserException) when (attempts > 1)
            {
                return await StartAsync(attempts - 1);
            }
        }
    }

    // False: the kernel has ended, and what did it is withdrawn.
    private async Task<bool> RunAsync(KernelProcess kernel, CancellationToken cancellation)
    {
        foreach (var (index, copied) in copy.Cells.Index())
        {
            var begun = Stopwatch.GetTimestamp();
            outputs.Begin();
            if (copied.Origin == CellOrigin.Added && withdrawn.Contains(copied)) continue;
            shown = [];
            var source = withdrawn.Contains(copied) ? copied.Blank! : copied.Cell.Source;
            if (copied.Origin == CellOrigin.Test) source = Ours + source;
            var error = await SubmitAsync(source);
            if (error is { IsEnd: false } && copied.Exercise is { } exercise && SolutionOf(exercise) is { } solution && Withdraw(solution))
            {
                outputs.Fail(error.Message);
                failures.TryAdd(exercise, FirstLine(error.Message));
                error = await SubmitAsync(solution.Blank!);
                if (error is null && copied.Origin == CellOrigin.Test) error = await SubmitAsync(source);
            }
            if (copied is { Origin: CellOrigin.Test, Exercise: { } tested } && shown.Count > 0) evidence.TryAdd(tested, shown);
            if (error is { IsEnd: true })
            {
                if (Blame(index, FirstLine(error.Message))) return false;
                remarks.Add($"the notebook was given up at cell {index + 1}: {FirstLine(error.Message)}");
                return true;
            }
            if (error is not null)
            {
                outputs.Fail(error.Message);
                var whose = copied.Origin == CellOrigin.Added ? "an added cell" : $"cell {copied.Cell.GradeId ?? copied.Cell.Id}";
                remarks.Add($"{whose} failed: {FirstLine(error.Message)}");
            }
            seconds[index] = Stopwatch.GetElapsedTime(begun).TotalSeconds;

            async Task<CellError?> SubmitAsync(string code)
            {
                var running = kernel.SubmitAsync(code, copied.Cell.Language ?? copy.Notebook.Language);
                var limit = limits(index);
                await Task.WhenAny(running, Task.Delay(limit, cancellation));
                cancellation.ThrowIfCancellationRequested();
                if (!running.IsCompleted)
                {
                    kernel.Kill();
                    await running;
                    return new($"it took longer than {limit.TotalSeconds:0} s", true);
                }
                if (await running is not { } message) return null;
                return new(message, kernel.HasEnded);
            }
        }
        return true;
    }

    // Who ended the kernel: the exercise or the added cell that was running, else the last before it that is the student's.
    private bool Blame(int index, string error)
    {
        var running = copy.Cells[index];
        var own = running.Exercise is { } exercise ? SolutionOf(exercise) : running.Origin == CellOrigin.Added ? running : null;
        var before = copy.Cells.Take(index).Where(cell => cell.Origin is CellOrigin.Solution or CellOrigin.Added).Reverse();
        var guilty = ((CopiedCell?[])[own, .. before]).FirstOrDefault(cell => cell is not null && Withdraw(cell));
        if (guilty?.Exercise is { } id) failures.TryAdd(id, error);
        else if (guilty is not null) remarks.Add($"an added cell was left out: {error}");
        return guilty is not null;
    }

    private bool Withdraw(CopiedCell cell) => (cell.Blank is null || cell.Cell.Source != cell.Blank) && withdrawn.Add(cell);

    private CopiedCell? SolutionOf(string exercise) =>
        copy.Cells.FirstOrDefault(cell => cell.Exercise == exercise && cell.Origin == CellOrigin.Solution);

    private void Receive(KernelEvent arrived)
    {
        if (arrived.EventType is "DisplayedValueProduced" && Evidence.Find(arrived.Event) is { } found) shown.Add(found);
        else outputs.Add(arrived);
    }

    private string FirstLine(string message)
    {
        var line = PlainText.Of(filter.Apply(message).Split('\n')[0].Trim(), most: 300);
        return CompilerError().Replace(line, "line $1 of its cell does not compile: $2");
    }

    // As the kernel says it: the line, the column, the error.
    [GeneratedRegex(@"^\((\d+),\d+\): (error CS.*)$")]
    private static partial Regex CompilerError();

    private sealed record CellError(string Message, bool IsEnd);
}
