namespace DistillKit.Cli.Grading;

/// <summary>Students whose solutions of some exercises are the same.</summary>
internal sealed record Alike(IReadOnlyList<string> Students, IReadOnlyList<string> Exercises, string How);

/// <summary>Lists solutions that are alike: whether somebody has copied is for a person to judge.</summary>
internal static class Similarity
{
    /// <summary>Shorter solutions are often the same by themselves.</summary>
    private const int LeastTokens = 30;

    /// <summary>A solution that a larger share of a class has is the one that everybody finds.</summary>
    private const double MostOfClass = 0.1;

    private const int MostStudents = 3;

    /// <summary>The groups of students in one notebook, those with most exercises first.</summary>
    internal static IEnumerable<Alike> Find(IReadOnlyList<NotebookGrade> grades)
    {
        var most = Math.Max(MostStudents, MostOfClass * grades.Count);
        var groups =
            from grade in grades
            from exercise in grade.Exercises
            where exercise.State is ExerciseState.Right or ExerciseState.Partly or ExerciseState.Wrong
            let tokens = Words.Tokens(exercise.Code).ToArray()
            where tokens.Length >= LeastTokens
            group (grade.Student, Text: string.Join(' ', tokens)) by (exercise.Id, Form: Renamed(tokens)) into same
            let students = same.Select(one => one.Student).Distinct().Order(StringComparer.OrdinalIgnoreCase).ToArray()
            where students.Length > 1 && students.Length <= most
            select (same.Key.Id, Students: students, IsLiteral: same.Select(one => one.Text).Distinct().Count() == 1);
        return groups.GroupBy(group => (Names: string.Join('\n', group.Students), group.IsLiteral))
            .Select(group => new Alike(
                group.First().Students, [.. group.Select(one => one.Id)], group.Key.IsLiteral ? "the same" : "the same but for names"))
            .OrderByDescending(alike => alike.Exercises.Count);
    }

    // Each name becomes the number of the place where it first stands.
    private static string Renamed(string[] tokens)
    {
        var names = tokens.Where(token => char.IsAsciiLetter(token[0]) || token[0] == '_').Distinct().ToList();
        return string.Join(' ', tokens.Select(token => names.IndexOf(token) is >= 0 and var number ? $"n{number}" : token));
    }
}
