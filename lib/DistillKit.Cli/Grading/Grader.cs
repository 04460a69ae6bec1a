using System.Collections.Concurrent;

namespace DistillKit.Cli.Grading;

/// <summary>Grades what students have handed in. What is done is kept in a folder, and found again by the next start.</summary>
/// <param name="keys">The complete notebooks.</param>
/// <param name="secret">The class's, for variants and hidden questions; null for none.</param>
/// <param name="folder">Where the results go.</param>
internal sealed class Grader(IReadOnlyList<NotebookFile> keys, GradingSettings settings, string? secret, string folder)
{
    private const int CellLimitFactor = 10;
    private const long MostBytes = 64 << 20;

    private readonly ConcurrentDictionary<(string Name, int Variant), Lazy<Task<Key>>> executed = [];
    private readonly SemaphoreSlim keyTurn = new(1);

    /// <summary>Grades all submissions, some at a time.</summary>
    /// <param name="graded">Called when one is done, with how many are.</param>
    /// <exception cref="UserException">A complete notebook fails.</exception>
    internal async Task<IReadOnlyList<NotebookGrade>> GradeAsync(
        IReadOnlyList<Submission> submissions, Action<NotebookGrade, int> graded, CancellationToken cancellation)
    {
        var (grades, done) = (new NotebookGrade[submissions.Count], 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(submissions.Index(), options, async (submission, stop) =>
        {
            grades[submission.Index] = await GradeAsync(submission.Item, stop);
            graded(grades[submission.Index], Interlocked.Increment(ref done));
        });
        return grades;
    }

    private async Task<NotebookGrade> GradeAsync(Submission submission, CancellationToken cancellation)
    {
        var name = submission.Path is null ? "" : Path.GetFileNameWithoutExtension(submission.Path);
        if (submission.Path is null) return Nothing("there is no notebook in the folder");
        string text;
        try
        {
            if (new FileInfo(submission.Path).Length > MostBytes) return Nothing($"{name}: the file is larger than {MostBytes >> 20} MiB");
            text = await File.ReadAllTextAsync(submission.Path, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Nothing($"{name}: the file cannot be read: {error.Message}");
        }
        NotebookFile notebook;
        try
        {
            notebook = NotebookFile.Parse(text, submission.Path);
        }
        catch (UserException error)
        {
            return Nothing(text.Length == 0 ? "the file is empty" : HasMergeMarkers(text)
                ? "the file has merge markers (<<<<<<<) and so is no notebook: merge it, and hand it in again"
                : error.Message.Replace(submission.Path, Path.GetFileName(submission.Path), StringComparison.Ordinal));
        }
        if (Submissions.Match(notebook, keys) is not { } key)
        {
            var what = notebook.AssignmentName is { } other ? $"it is the notebook {other}" : "it has none of the exercises";
            return Nothing($"{what}, which is not what is graded ({string.Join(", ", keys.Select(Assignment.NameOf))})");
        }
        return await GradeAsync(submission.Student, text, notebook, key, cancellation);

        NotebookGrade Nothing(string remark) => Empty(submission.Student, keys.Count == 1 ? keys[0] : keys.FirstOrDefault(key =>
            Assignment.NameOf(key) == name), name, remark);
    }

    private async Task<NotebookGrade> GradeAsync(
        string student, string text, NotebookFile notebook, NotebookFile complete, CancellationToken cancellation)
    {
        var key = await KeyOfAsync(complete, AssignmentVariant.Of(secret, student), cancellation);
        var (name, hash) = (Assignment.NameOf(complete), Key.HashOf(text, key.Hash, $"{settings.CellLimit}", $"{settings.Memory}"));
        var file = GradeBook.FileOf(folder, student, name, ".json");
        if (GradeBook.Read(file) is { } kept && kept.Hash == hash) return kept;

        var begun = Stopwatch.GetTimestamp();
        var copy = FreshCopy.Of(key.Notebook, notebook);
        int[] numbers = [.. copy.Cells.Select((cell, index) => copy.Cells.Take(index).Count(other => other.Origin != CellOrigin.Added))];
        TimeSpan Limit(int index) => copy.Cells[index].Origin == CellOrigin.Added ? settings.CellLimit
            : TimeSpan.FromSeconds(Math.Max(settings.CellLimit.TotalSeconds, CellLimitFactor * key.Seconds[numbers[index]]));
        var draw = secret is null ? null : Key.HashOf(secret, name, $"{key.Variant}");
        using var place = new WorkPlace(key.Artifacts);
        var run = new SubmissionRun(copy, settings with { Draw = draw }, Limit);
        var executed = await run.ExecuteAsync(place.Folder, place.Artifacts, isConfined: true, cancellation);

        var remarks = executed.Remarks.ToList();
        if (notebook.Language != complete.Language || notebook.Kernel is { } kernel && kernel != complete.Kernel)
            remarks.Add($"its kernel is {notebook.Kernel}, not {complete.Kernel}: the cells ran in that of the assignment");
        string[] unusual = [.. copy.Cells.Where(cell => cell.Origin is CellOrigin.Solution or CellOrigin.Added)
            .SelectMany(cell => Words.UnusualOf(cell.Cell.Source)).Distinct().Order(StringComparer.Ordinal)];
        if (unusual.Length > 0) remarks.Add($"to be read by a person: its code uses {string.Join(", ", unusual)}");
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var grade = new NotebookGrade(student, name, hash, key.Variant, Judge.Grade(key, copy, executed), [.. remarks.Distinct()], seconds);
        executed.Notebook.Save(Path.ChangeExtension(file, ".ipynb"));
        GradeBook.Write(file, grade);
        return grade;
    }

    private Task<Key> KeyOfAsync(NotebookFile complete, AssignmentVariant? variant, CancellationToken cancellation)
    {
        var id = (Assignment.NameOf(complete), variant?.Number ?? 0);
        return executed.GetOrAdd(id, _ => new(ExecuteAsync)).Value;

        async Task<Key> ExecuteAsync()
        {
            await keyTurn.WaitAsync(cancellation);
            try
            {
                return await Key.ExecuteAsync(complete, variant, settings, secret, Path.Combine(folder, "keys"), cancellation);
            }
            finally
            {
                keyTurn.Release();
            }
        }
    }

    // Nothing could be executed: no points, and why.
    private static NotebookGrade Empty(string student, NotebookFile? key, string name, string remark) => new(
        student, key is null ? name : Assignment.NameOf(key), "", 0,
        [.. (key?.Cells ?? []).Where(cell => cell.Points is not null).Select(cell => cell.IsCode
            ? new ExerciseGrade(cell.GradeId![..^"-test".Length], "", cell.Points!.Value, 0, ExerciseState.Open, [], "")
            : new ExerciseGrade(cell.GradeId!, Judge.Think, cell.Points!.Value, 0, ExerciseState.Open, [], ""))],
        [remark], 0);

    private static bool HasMergeMarkers(string text) =>
        text.Contains("<<<<<<<", StringComparison.Ordinal) && text.Contains(">>>>>>>", StringComparison.Ordinal);

    /// <summary>A folder of the checkout for a kernel that cannot be confined: the set-up script, and a copy of the artifacts.</summary>
    private sealed class WorkPlace : IDisposable
    {
        internal WorkPlace(string artifacts)
        {
            Artifacts = artifacts;
            Folder = Path.Combine(Checkout.Root, "notebooks");
            if (Confinement.HasNamespaces) return;
            Folder = Directory.CreateDirectory(Path.Combine(Checkout.Artifacts, $"grading-{Guid.NewGuid():n}")).FullName;
            File.Copy(Path.Combine(Checkout.Root, "notebooks", "setup.csx"), Path.Combine(Folder, "setup.csx"));
            Artifacts = Path.Combine(Folder, "artifacts");
            foreach (var source in Directory.EnumerateFiles(artifacts, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(Artifacts, Path.GetRelativePath(artifacts, source));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(source, target);
            }
        }

        internal string Folder { get; }

        internal string Artifacts { get; }

        public void Dispose()
        {
            if (!Confinement.HasNamespaces) Directory.Delete(Folder, recursive: true);
        }
    }
}
