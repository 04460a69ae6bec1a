namespace DistillKit.Cli.Grading;

/// <summary>A file that a student has handed in.</summary>
/// <param name="Student">The name of its folder; of a file that is in none, its own without the ending.</param>
/// <param name="Path">Null where the student's folder has no notebook.</param>
internal sealed record Submission(string Student, string? Path)
{
    /// <summary>The student's name as a file's; another one where it cannot be that.</summary>
    internal static string FileName(string student)
    {
        static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || "-_.@".Contains(letter);
        if (student.All(IsPlain) && !student.StartsWith('.')) return student;
        // Two names must not become one.
        return string.Concat(student.Select(letter => IsPlain(letter) ? letter : '_')).TrimStart('.') + "-" + Key.HashOf(student)[..6];
    }
}

/// <summary>Finds what was handed in, and which notebook it is.</summary>
internal static class Submissions
{
    private const string Extension = ".ipynb";

    /// <summary>The notebooks of all students, by name. In a folder each folder is a student's, and so is each file.</summary>
    /// <exception cref="UserException">There are none, or a path is not there.</exception>
    internal static IReadOnlyList<Submission> Find(IReadOnlyList<string> paths)
    {
        if (paths.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
            throw new UserException($"There is no {missing}.");
        var found = paths.SelectMany(path => File.Exists(path) ? [OfFile(path)] : InFolder(path)).ToArray();
        if (found.Length == 0) throw new UserException($"There is no notebook in {string.Join(", ", paths)}.");
        return [.. found.OrderBy(one => one.Student, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.Path, StringComparer.Ordinal)];
    }

    private static Submission OfFile(string path) => new(Path.GetFileNameWithoutExtension(path), Path.GetFullPath(path));

    private static IEnumerable<Submission> InFolder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension)) yield return OfFile(file);
        foreach (var own in Directory.EnumerateDirectories(folder))
        {
            // A link could lead anywhere.
            var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
            string?[] files = [.. Directory.EnumerateFiles(own, "*" + Extension, all)
                .Where(file => !file.Contains(".ipynb_checkpoints", StringComparison.Ordinal)).Select(Path.GetFullPath)];
            foreach (var file in files.DefaultIfEmpty()) yield return new(Path.GetFileName(own), file);
        }
    }

    /// <summary>Which of the solutions a submission belongs to: by what was noted when it was made, else by its exercises, else by its
    /// file's name; null when to none.</summary>
    internal static NotebookFile? Match(NotebookFile submission, IReadOnlyList<NotebookFile> keys)
    {
        if (keys.FirstOrDefault(key => Assignment.NameOf(key) == submission.AssignmentName) is { } named) return named;
        var ids = submission.Cells.Select(cell => cell.GradeId).OfType<string>().ToHashSet();
        int Shared(NotebookFile key) => key.Cells.Count(cell => cell.GradeId is { } id && ids.Contains(id));
        if (keys.MaxBy(Shared) is { } likely && Shared(likely) > 0) return likely;
        var name = submission.AssignmentName is null ? Assignment.NameOf(submission) : null;
        return keys.FirstOrDefault(key => Assignment.NameOf(key) == name);
    }
}
