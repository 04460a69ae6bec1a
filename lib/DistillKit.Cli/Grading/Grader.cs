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
        var looked = submissions.Select(Look).GroupBy(one => (one.Submission.Student, one.Key ?? one.Problem as object));
        var work = looked.Select(Newest).ToArray();
        var (grades, done) = (new NotebookGrade[work.Length], 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(work.Index(), options, async (one, stop) =>
        {
            var (submission, key, problem) = one.Item;
            var grade = key is null ? Empty(submission, problem!) : await GradeAsync(submission, key, stop);
            if (key is not null && problem is not null) grade = grade with { Remarks = [.. grade.Remarks, problem] };
            grades[one.Index] = grade;
            graded(grade, Interlocked.Increment(ref done));
        });
        return grades;
    }

    // Of several files of one notebook the last one counts.
    private static LookedAt Newest(IEnumerable<LookedAt> same)
    {
        LookedAt[] all = [.. same.OrderByDescending(one => one.Submission.Path is { } path ? File.GetLastWriteTimeUtc(path) : default)];
        if (all is [var only] || all[0].Key is null) return all[0];
        var name = Path.GetFileName(all[0].Submission.Path);
        return all[0] with { Problem = $"{all.Length} files are of this notebook; the newest counts ({name})" };
    }

    private string? OtherVariant(Submission submission, NotebookFile notebook)
    {
        var own = AssignmentVariant.Of(secret, submission.Student)?.Number;
        return notebook.Variant == 0 || notebook.Variant == own ? null
            : $"its numbers are those of variant {notebook.Variant}; {submission.Student} was given variant {own}";
    }

    // Which notebook it is, or why it is none.
    private LookedAt Look(Submission submission)
    {
        if (submission.Path is not { } path) return new(submission, null, "there is no notebook in the folder");
        var (name, text) = (Path.GetFileName(path), "");
        NotebookFile notebook;
        try
        {
            if (new FileInfo(path).Length > MostBytes) return new(submission, null, $"{name} is larger than {MostBytes >> 20} MiB");
            text = File.ReadAllText(path);
            notebook = NotebookFile.Parse(text, path);
        }
        catch (UserException error)
        {
            return new(submission, null, text.Length == 0 ? "the file is empty" : HasMergeMarkers(text)
                ? "the file has merge markers (<<<<<<<) and so is no notebook: merge it, and hand it in again"
                : error.Message.Replace(path, name, StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(submission, null, $"{name} cannot be read: {error.Message}");
        }
        if (notebook.Variant > 0 && secret is null)
            throw new UserException($"{path} was made with a secret: give the same --secret, and the notebooks themselves as --key.");
        if (Submissions.Match(notebook, keys) is { } key) return new(submission, key, OtherVariant(submission, notebook));
        var what = notebook.AssignmentName is { } other ? $"it is the notebook {other}" : "it has none of the exercises";
        return new(submission, null, $"{what}, which is not what is graded ({string.Join(", ", keys.Select(Assignment.NameOf))})");
    }

    private async Task<NotebookGrade> GradeAsync(Submission submission, NotebookFile complete, CancellationToken cancellation)
    {
        var (student, text) = (submission.Student, await File.ReadAllTextAsync(submission.Path!, cancellation));
        var notebook = NotebookFile.Parse(text, submission.Path!);
        var key = await KeyOfAsync(complete, AssignmentVariant.Of(secret, student), cancellation);
        var (name, hash) = (Assignment.NameOf(complete), Key.HashOf(text, key.Hash, $"{settings.CellLimit}", $"{settings.Memory}"));
        var file = GradeBook.FileOf(folder, student, name, ".json");
        if (GradeBook.Read(file) is { } kept && kept.Hash == hash) return kept;

        var begun = Stopwatch.GetTimestamp();
        var copy = FreshCopy.Of(key.Notebook, notebook);
        int[] numbers = [.. copy.Cells.Select((cell, index) => copy.Cells.Take(index).Count(other => other.Origin != CellOrigin.Added))];
        TimeSpan Limit(int index) => copy.Cells[index].Origin == CellOrigin.Added ? settings.CellLimit
            : TimeSpan.FromSeconds(Math.Max(settings.CellLimit.TotalSeconds, CellLimitFactor * key.Seconds[numbers[index]]));
        using var place = new WorkPlace(key.Artifacts);
        var run = new SubmissionRun(copy, settings with { Draw = key.Draw }, Limit);
        var executed = await run.ExecuteAsync(place.Folder, place.Artifacts, isConfined: true, cancellation);

        var remarks = executed.Remarks.ToList();
        if (notebook.Language != complete.Language || notebook.Kernel is { } kernel && kernel != complete.Kernel)
            remarks.Add($"its kernel is {notebook.Kernel}, not {complete.Kernel}: the cells ran in that of the assignment");
        if (copy.Cells.Any(cell => cell.Origin == CellOrigin.Solution && cell.Cell.Source.Contains(Assignment.BeginSolution)))
            remarks.Add("to be read by a person: its solutions have the marks of the complete notebook");
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
    private NotebookGrade Empty(Submission submission, string problem)
    {
        var name = Path.GetFileNameWithoutExtension(submission.Path) ?? "";
        var key = keys.Count == 1 ? keys[0] : keys.FirstOrDefault(key => Assignment.NameOf(key) == name);
        return new(
            submission.Student, key is null ? name : Assignment.NameOf(key), "", 0,
            [.. (key?.Cells ?? []).Where(cell => cell.Points is not null).Select(cell => cell.TestedExercise is { } exercise
                ? new ExerciseGrade(exercise, "", cell.Points!.Value, 0, ExerciseState.Open, [], "")
                : new ExerciseGrade(cell.GradeId!, Judge.Think, cell.Points!.Value, null, ExerciseState.Open, [], ""))],
            [problem], 0);
    }

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

    /// <summary>A submission with the complete notebook that it belongs to; a problem where it belongs to none, or a remark.</summary>
    private sealed record LookedAt(Submission Submission, NotebookFile? Key, string? Problem);
}
