namespace DistillKit.Cli.Grading;

/// <summary>The students of a class, from a file with a name in each line.</summary>
internal static class ClassList
{
    /// <exception cref="UserException">There is no such file, it names nobody, or a name cannot be a folder's.</exception>
    internal static IReadOnlyList<string> Read(string file)
    {
        if (!File.Exists(file)) throw new UserException($"There is no file {file} with students.");
        string[] names = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).Distinct()];
        if (names.FirstOrDefault(name => Submission.FileName(name) != name) is { } odd)
            throw new UserException($"The student '{odd}' cannot be a folder's name: use letters of English, digits, and - _ . @");
        return names.Length > 0 ? names : throw new UserException($"{file} names no student.");
    }
}
