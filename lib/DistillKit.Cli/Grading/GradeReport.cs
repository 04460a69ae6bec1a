namespace DistillKit.Cli.Grading;

/// <summary>Writes everything that is made of grades.</summary>
internal static class GradeReport
{
    /// <param name="isolation">How the submissions ran.</param>
    internal static void Write(string folder, IReadOnlyList<NotebookGrade> grades, IReadOnlyList<NotebookFile> keys, string isolation)
    {
        GradeBook.WriteCsv(Path.Combine(folder, "grades.csv"), grades);
        GradeBook.WriteJUnit(Path.Combine(folder, "junit.xml"), grades);
        StatisticsPage.Write(Path.Combine(folder, "statistics.html"), grades, isolation);
        foreach (var student in grades.GroupBy(grade => grade.Student))
        {
            var own = student.ToArray();
            var name = Submission.FileName(student.Key);
            GradeBook.WriteClassroom50(Path.Combine(folder, "results", name, "result.json"), student.Key, own);
            var feedback = Path.Combine(folder, "feedback", name + ".html");
            FeedbackPage.Write(feedback, student.Key, own, grade => Questions(keys, grade), Executed);
        }

        NotebookFile? Executed(NotebookGrade grade)
        {
            var file = GradeBook.FileOf(folder, grade.Student, grade.Notebook, ".ipynb");
            return grade.Hash.Length > 0 && File.Exists(file) ? NotebookFile.Load(file) : null;
        }
    }

    // By exercise, the cell before its solution.
    private static Dictionary<string, string> Questions(IReadOnlyList<NotebookFile> keys, NotebookGrade grade)
    {
        var questions = new Dictionary<string, string>();
        if (keys.FirstOrDefault(key => Assignment.NameOf(key) == grade.Notebook) is not { } key) return questions;
        foreach (var (before, solution) in key.Cells.Zip(key.Cells.Skip(1)))
        {
            if (solution is { IsSolution: true, GradeId: { } id } && !before.IsCode) questions.TryAdd(id, before.Source);
        }
        return questions;
    }
}
