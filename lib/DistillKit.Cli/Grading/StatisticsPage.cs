using MathNet.Numerics.Statistics;

namespace DistillKit.Cli.Grading;

/// <summary>What an instructor wants to know of a class: how each exercise went, what was answered wrong most often, who should be looked
/// at, and whose solutions are alike.</summary>
internal static class StatisticsPage
{
    private const int MostAnswers = 3;

    /// <param name="solutions">The published ones, to compare with.</param>
    internal static void Write(string path, IReadOnlyList<NotebookGrade> grades, IReadOnlyList<NotebookGrade> solutions, string isolation)
    {
        var body = new StringBuilder("<h1>Grades</h1>\n").Append(Page.Paragraph(isolation));
        foreach (var notebook in grades.Where(grade => grade.Hash.Length > 0).GroupBy(grade => grade.Notebook))
        {
            NotebookGrade[] all = [.. notebook];
            var points = all.Select(grade => grade.Points).ToArray();
            body.Append($"<h2>{Page.Text(notebook.Key)}</h2>\n");
            body.Append(Page.Paragraph($"{Terminal.Count(all.Length, "submission")}; points: mean {Mean(points)}, median "
                + $"{GradeBook.Number(points.Median())}, from {GradeBook.Number(points.Min())} to {GradeBook.Number(points.Max())} of "
                + $"{all.Max(grade => grade.Most)}."));
            body.Append(Exercises(all));
            var alike = Similarity.Find(all, solutions.FirstOrDefault(one => one.Notebook == notebook.Key)).ToArray();
            if (alike.Length > 0)
            {
                body.Append("<h3>Alike</h3>\n").Append(Page.Paragraph(
                    "Functions of thirty names, numbers and signs or more that are the same, or the same but for names, as another "
                    + "student's or as the published one; what a tenth of the class shares but for names is left out. "
                    + "What that means is for a person to find out."));
                body.Append(Page.Table(["exercises", "alike", "students"], 0, alike.Select(pair => (string[])
                    [Page.Text(string.Join(", ", pair.Exercises)), pair.How, Page.Text(string.Join(", ", pair.Students))])));
            }
        }
        var remarks = grades.Where(grade => grade.AllRemarks.Count > 0).Select(grade => (string[])
            [Page.Text(grade.Student), Page.Text(grade.Notebook), string.Join("<br>", grade.AllRemarks.Select(Page.Text))]).ToArray();
        if (remarks.Length > 0) body.Append("<h2>Remarks</h2>\n").Append(Page.Table(["student", "notebook", "remarks"], 0, remarks));
        Page.Write(path, "Grades of a class", body.ToString());
    }

    private static string Exercises(NotebookGrade[] all)
    {
        var judged = all.SelectMany(grade => grade.Exercises).Where(exercise => exercise.Points is not null);
        string[] header = ["exercise", "right, partly, wrong, not written", "most frequent wrong answers", "mean", "of"];
        return Page.Table(header, 2, judged.GroupBy(exercise => exercise.Id).Select(Row));

        IReadOnlyList<string> Row(IGrouping<string, ExerciseGrade> exercise)
        {
            ExerciseState[] states = [ExerciseState.Right, ExerciseState.Partly, ExerciseState.Wrong, ExerciseState.Open];
            var counts = states.Select(state => exercise.Count(one => one.State == state)).ToArray();
            var bar = string.Concat(states.Zip(counts, (state, count) => $"<span class=\"{state}\" style=\"flex: {count}\"></span>"));
            var wrong = exercise.Where(one => one.State is ExerciseState.Wrong or ExerciseState.Partly).GroupBy(Mistake)
                .OrderByDescending(group => group.Count()).Take(MostAnswers).Select(group => $"{Page.Text(group.Key)} ({group.Count()})");
            return [
                Page.Text(exercise.Key), $"<div class=\"bar\">{bar}</div>{string.Join(", ", counts)}", string.Join("<br>", wrong),
                Mean(exercise.Select(one => one.Points!.Value)), $"{exercise.First().Most}"];
        }
    }

    // What tells one mistake from another: what a person wrote, why it failed, the answer, or the questions.
    private static string Mistake(ExerciseGrade exercise) => exercise.Comment ?? exercise.Remark
        ?? (exercise.Questions.Count == 1 ? exercise.Questions[0].Answer ?? "no answer"
            : exercise.State == ExerciseState.Wrong ? "all questions"
            : string.Join(", ", exercise.Questions.Where(question => !question.IsRight).Select(question => question.Question)));

    private static string Mean(IEnumerable<double> points) => points.Average().ToString("f1", CultureInfo.InvariantCulture);
}
