namespace DistillKit.Cli.Grading;

/// <summary>Writes everything that is made of grades.</summary>
internal static class GradeReport
{
    /// <summary>The file with a row for each answer that a person has to read.</summary>
    internal const string ToMark = "to-mark.csv";

    /// <param name="isolation">How the submissions ran.</param>
    /// <returns>How many answers a person has to read.</returns>
    internal static int Write(string folder, IReadOnlyList<NotebookGrade> grades, IReadOnlyList<NotebookFile> keys, string isolation)
    {
        var questions = keys.ToDictionary(Assignment.NameOf, Questions);
        GradeBook.WriteCsv(Path.Combine(folder, "grades.csv"), grades);
        GradeBook.WriteJUnit(Path.Combine(folder, "junit.xml"), grades);
        StatisticsPage.Write(Path.Combine(folder, "statistics.html"), grades, [.. keys.Select(Solutions)], isolation);
        ReadingPage.Write(Path.Combine(folder, "to-mark.html"), grades, QuestionsOf);
        foreach (var student in grades.GroupBy(grade => grade.Student))
        {
            var own = student.ToArray();
            var name = Submission.FileName(student.Key);
            GradeBook.WriteClassroom50(Path.Combine(folder, "results", name, "result.json"), student.Key, own);
            FeedbackPage.Write(Path.Combine(folder, "feedback", name + ".html"), student.Key, own, QuestionsOf, Executed);
        }
        return Mark.WriteOpen(Path.Combine(folder, ToMark), grades);

        IReadOnlyDictionary<string, Question> QuestionsOf(NotebookGrade grade) =>
            questions.GetValueOrDefault(grade.Notebook) ?? [];

        NotebookFile? Executed(NotebookGrade grade)
        {
            var file = GradeBook.FileOf(folder, grade.Student, grade.Notebook, ".ipynb");
            return grade.Hash.Length > 0 && File.Exists(file) ? NotebookFile.Load(file) : null;
        }
    }

    // By exercise: the question is in the cell before its solution.
    private static Dictionary<string, Question> Questions(NotebookFile key)
    {
        var questions = new Dictionary<string, Question>();
        foreach (var (before, solution) in key.Cells.Zip(key.Cells.Skip(1)))
        {
            if (solution is { IsSolution: true, GradeId: { } id } && !before.IsCode)
                questions.TryAdd(id, new(LastPartOf(before.Source), solution.Source));
        }
        return questions;
    }

    // Before the question a cell may end another part of the notebook.
    private static string LastPartOf(string text) => text[(text.LastIndexOf("\n#", StringComparison.Ordinal) + 1)..];

    // The published functions, as if a student had handed them in.
    private static NotebookGrade Solutions(NotebookFile key) => new(
        "(the published solution)", Assignment.NameOf(key), "", 0,
        [.. key.Cells.Where(cell => cell is { IsCode: true, IsSolution: true }).Select(cell =>
            new ExerciseGrade(cell.GradeId!, "", 0, 0, ExerciseState.Right, [], cell.Source))], [], 0);
}
