using System.Collections.Concurrent;

namespace DistillKit.Cli.Grading;

/// <summary>Grades what students have handed in. What is done is kept in a folder, and found again by the next start.</summary>
/// <param name="keys">The complete notebooks.</param>
/// <param name="secret">The class's, for hidden questions and variants; null for none.</param>
/// <param name="students">The class; null where it is not known.</param>
/// <param name="hasVariants">Whether each student has one; they follow from the secret.</param>
/// <param name="folder">Where the results go.</param>
internal sealed class Grader(
    IReadOnlyList<NotebookFile> keys, GradingSettings settings, string? secret, IReadOnlyList<string>? students, bool hasVariants,
    string folder)
{
    /// <summary>How remarks begin that are not for the student.</summary>
    internal const string ForAPerson = "to be read by a person";

    private const int CellLimitFactor = 10;
    private const long MostBytes = 64 << 20;

    private readonly ConcurrentDictionary<(string Name, int Variant), Lazy<Task<Key>>> executed = [];
    private readonly SemaphoreSlim keyTurn = new(1);
    private readonly Dictionary<NotebookFile, HashSet<string>> blanks = [];

    /// <summary>Grades all submissions, some at a time.</summary>
    /// <param name="graded">Called when one is done, with the share of all that are.</param>
    /// <exception cref="UserException">A complete notebook fails.</exception>
    internal async Task<IReadOnlyList<NotebookGrade>> GradeAsync(
        IReadOnlyList<Submission> submissions, Action<NotebookGrade, double> graded, CancellationToken cancellation)
    {
        LookedAt[] work = [.. submissions.Select(Look).GroupBy(one => one.Submission.Student).SelectMany(OfStudent)];
        work = [.. work, .. Missing(work)];
        foreach (var same in work.Where(one => one.Variant is not null).GroupBy(one => one.Key!))
        {
            if (hasVariants && same.All(one => one.Variant == 0))
                throw new UserException($"No {Assignment.NameOf(same.Key)} is a variant: leave out --variants.");
            if (!hasVariants && same.All(one => one.Variant > 0))
                throw new UserException($"Every {Assignment.NameOf(same.Key)} is a variant: give --variants and the secret of them.");
        }
        var (grades, done) = (new NotebookGrade[work.Length], 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(work.Index(), options, async (one, stop) =>
        {
            var grade = one.Item.Variant is null ? Empty(one.Item) : await GradeAsync(one.Item, stop);
            grades[one.Index] = grade with { Remarks = [.. grade.Remarks, .. one.Item.Problems] };
            graded(grades[one.Index], (double)Interlocked.Increment(ref done) / work.Length);
        });
        return [.. grades.OrderBy(grade => grade.Student, StringComparer.OrdinalIgnoreCase)];
    }

    private AssignmentVariant? VariantOf(string student) => hasVariants ? AssignmentVariant.Of(secret, student) : null;

    // One grade for each notebook that was to be handed in: of several files the last one counts in which something is written (times
    // of files that git has written say nothing), and others are remarks.
    private IEnumerable<LookedAt> OfStudent(IEnumerable<LookedAt> all)
    {
        var graded = all.Where(one => one.Key is not null).GroupBy(one => one.Key).Select(Newest).ToArray();
        LookedAt[] others = [.. all.Where(one => one.Key is null)];
        if (graded.Length == 0) graded = [new(others[0].Submission, keys.Count == 1 ? keys[0] : null, null, false, [])];
        graded[0] = graded[0] with { Problems = [.. graded[0].Problems, .. others.SelectMany(one => one.Problems)] };
        return graded;

        static LookedAt Newest(IEnumerable<LookedAt> same)
        {
            var byTime = same.OrderByDescending(one => one.IsWritten)
                .ThenByDescending(one => File.GetLastWriteTimeUtc(one.Submission.Path!)).ToArray();
            var chosen = byTime.FirstOrDefault(one => one.Variant is not null) ?? byTime[0];
            string[] problems = [.. byTime.Where(one => one == chosen || one.Variant is null).SelectMany(one => one.Problems)];
            var count = byTime.Count(one => one.Variant is not null);
            if (count < 2) return chosen with { Problems = problems };
            var name = Path.GetFileName(chosen.Submission.Path);
            return chosen with { Problems = [.. problems, $"{count} files are of this notebook; the newest with answers counts ({name})"] };
        }
    }

    // Who is in the class, and has not handed in what somebody else has.
    private IEnumerable<LookedAt> Missing(LookedAt[] work) =>
        from student in students ?? []
        from key in keys
        where work.Any(one => one.Key == key) && !work.Any(one => one.Submission.Student == student && one.Key == key)
        select new LookedAt(new(student, null), key, null, false, ["nothing was handed in"]);

    private string? OtherVariant(Submission submission, NotebookFile notebook)
    {
        static string Of(int variant) => variant == 0 ? "of the notebook without variants" : $"of variant {variant}";
        var own = VariantOf(submission.Student)?.Number ?? 0;
        return notebook.Variant == own ? null
            : $"its numbers are those {Of(notebook.Variant)}; {submission.Student} was given those {Of(own)}";
    }

    // Which notebook it is, or why it is none. A file that cannot be read stands for the notebook whose name it has.
    private LookedAt Look(Submission submission)
    {
        if (submission.Path is not { } path) return new(submission, null, null, false, ["there is no notebook in the folder"]);
        var (name, text) = (Path.GetFileName(path), "");
        var named = keys.FirstOrDefault(key => Assignment.NameOf(key) == Path.GetFileNameWithoutExtension(path));
        NotebookFile notebook;
        try
        {
            if (new FileInfo(path).Length > MostBytes) return Unread($"{name} is larger than {MostBytes >> 20} MiB");
            text = File.ReadAllText(path);
            notebook = NotebookFile.Parse(text, path);
        }
        catch (UserException error)
        {
            return Unread(text.Length == 0 ? "the file is empty" : HasMergeMarkers(text)
                ? "the file has merge markers (<<<<<<<) and so is no notebook: merge it, and hand it in again"
                : error.Message.Replace(path, name, StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unread($"{name} cannot be read: {error.Message}");
        }
        if (Submissions.Match(notebook, keys) is { } key)
        {
            var isWritten = notebook.Cells.Any(cell => cell.IsSolution && !Blanks(key).Contains(cell.Source));
            return new(submission, key, notebook.Variant, isWritten, OtherVariant(submission, notebook) is { } other ? [other] : []);
        }
        var what = notebook.AssignmentName is { } theirs ? $"it is the notebook {theirs}" : "it has none of the exercises";
        return Unread($"{name}: {what}, which is not what is graded ({string.Join(", ", keys.Select(Assignment.NameOf))})");

        LookedAt Unread(string problem) => new(submission, named, null, false, [problem]);
    }

    private async Task<NotebookGrade> GradeAsync(LookedAt work, CancellationToken cancellation)
    {
        var (student, complete) = (work.Submission.Student, work.Key!);
        var text = await File.ReadAllTextAsync(work.Submission.Path!, cancellation);
        var notebook = NotebookFile.Parse(text, work.Submission.Path!);
        var key = await KeyOfAsync(complete, VariantOf(student), cancellation);
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
            remarks.Add($"{ForAPerson}: its solutions still have the lines {Assignment.BeginSolution} of the published notebook");
        string[] unusual = [.. copy.Cells.Where(cell => cell.Origin is CellOrigin.Solution or CellOrigin.Added)
            .SelectMany(cell => Words.UnusualOf(cell.Cell.Source)).Distinct().Order(StringComparer.Ordinal)];
        if (unusual.Length > 0) remarks.Add($"{ForAPerson}: its code uses {string.Join(", ", unusual)}");
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

    // Nothing could be executed: no points.
    private static NotebookGrade Empty(LookedAt work) => new(
        work.Submission.Student,
        work.Key is { } key ? Assignment.NameOf(key) : Path.GetFileNameWithoutExtension(work.Submission.Path) ?? "", "", 0,
        [.. (work.Key?.Cells ?? []).Where(cell => cell.Points is not null).Select(cell => cell.TestedExercise is { } exercise
            ? new ExerciseGrade(exercise, "", cell.Points!.Value, 0, ExerciseState.Open, [], "")
            : new ExerciseGrade(cell.GradeId!, Judge.Think, cell.Points!.Value, null, ExerciseState.Open, [], ""))],
        [], 0);

    // What solutions are before somebody has written one.
    private HashSet<string> Blanks(NotebookFile key)
    {
        if (blanks.TryGetValue(key, out var known)) return known;
        var made = key.With(key.Cells);
        Assignment.Make(made);
        return blanks[key] = [.. made.Cells.Where(cell => cell.IsSolution).Select(cell => cell.Source)];
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

    /// <param name="Key">The complete notebook in whose place it was handed in; null where none is.</param>
    /// <param name="Variant">Which one the student's is; null where it cannot be executed.</param>
    private sealed record LookedAt(
        Submission Submission, NotebookFile? Key, int? Variant, bool IsWritten, IReadOnlyList<string> Problems);
}
