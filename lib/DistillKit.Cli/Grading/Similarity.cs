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
    /// <param name="solution">The published one, which stands among the students it is like, however many they are; null for none.</param>
    internal static IEnumerable<Alike> Find(IReadOnlyList<NotebookGrade> grades, NotebookGrade? solution = null)
    {
        var most = Math.Max(MostStudents, MostOfClass * grades.Count);
        var groups =
            from grade in solution is null ? grades : [.. grades, solution]
            from exercise in grade.Exercises
            where exercise.State is ExerciseState.Right or ExerciseState.Partly or ExerciseState.Wrong
            let tokens = Words.Tokens(exercise.Code).ToArray()
            where tokens.Length >= LeastTokens
            let form = string.Join(' ', tokens.Select(token => token.Renamed))
            group (grade.Student, Text: string.Join(' ', tokens.Select(token => token.Text))) by (exercise.Id, Form: form) into same
            let students = same.Select(one => one.Student).Distinct().Order(StringComparer.OrdinalIgnoreCase).ToArray()
            let isLiteral = same.Select(one => one.Text).Distinct().Count() == 1
            where students.Length > 1 && (isLiteral || students.Length <= most || students.Contains(solution?.Student))
            select (same.Key.Id, Students: students, IsLiteral: isLiteral);
        return groups.GroupBy(group => (Names: string.Join('\n', group.Students), group.IsLiteral))
            .Select(group => new Alike(
                group.First().Students, [.. group.Select(one => one.Id)], group.Key.IsLiteral ? "the same" : "the same but for names"))
            .OrderByDescending(alike => alike.Exercises.Count);
    }
}
