namespace DistillKit.Cli.Grading;

/// <summary>What an instructor wants to know of a class: how each exercise went, what was answered wrong most often, who should be looked
/// at, and whose solutions are alike.</summary>
internal static class StatisticsPage
{
    private const int MostAnswers = 3;

    internal static void Write(string path, IReadOnlyList<NotebookGrade> grades, string isolation)
    {
        var body = new StringBuilder("<h1>Grades</h1>\n").Append(Page.Paragraph(isolation));
        foreach (var notebook in grades.Where(grade => grade.Notebook.Length > 0).GroupBy(grade => grade.Notebook))
        {
            NotebookGrade[] all = [.. notebook];
            var points = all.Select(grade => grade.Points).Order().ToArray();
            body.Append($"<h2>{Page.Text(notebook.Key)}</h2>\n");
            body.Append(Page.Paragraph($"{Terminal.Count(all.Length, "submission")}; points: mean {Mean(points)}, median "
                + $"{GradeBook.Number(points[points.Length / 2])}, from {GradeBook.Number(points[0])} to {GradeBook.Number(points[^1])} of "
                + $"{all.Max(grade => grade.Most)}."));
            body.Append(Exercises(all));
            var alike = Similarity.Find(all).ToArray();
            if (alike.Length > 0)
            {
                body.Append("<h3>Alike</h3>\n").Append(Page.Paragraph(
                    "Solutions of more than one student that are the same, or the same but for names, and that few others have. "
                    + "What that means is for a person to find out."));
                body.Append(Page.Table(["students", "exercises", "alike"], 0, alike.Select(pair => (string[])
                    [Page.Text(string.Join(", ", pair.Students)), Page.Text(string.Join(", ", pair.Exercises)), pair.How])));
            }
        }
        var remarks = grades.Where(grade => grade.AllRemarks.Count > 0).Select(grade => (string[])
            [Page.Text(grade.Student), Page.Text(grade.Notebook), string.Join("<br>", grade.AllRemarks.Select(Page.Text))]).ToArray();
        if (remarks.Length > 0) body.Append("<h2>Remarks</h2>\n").Append(Page.Table(["student", "notebook", "remarks"], 0, remarks));
        Page.Write(path, "Grades of a class", body.ToString());
    }

    private static string Exercises(NotebookGrade[] all)
    {
        var rows = all.SelectMany(grade => grade.Exercises).GroupBy(exercise => exercise.Id).Where(group => group.Any(IsJudged));
        string[] header = ["exercise", "right, partly, wrong, not written", "most frequent wrong answers", "mean", "of"];
        return Page.Table(header, 2, rows.Select(Row));

        IReadOnlyList<string> Row(IGrouping<string, ExerciseGrade> exercise)
        {
            ExerciseState[] states = [ExerciseState.Right, ExerciseState.Partly, ExerciseState.Wrong, ExerciseState.Open];
            var counts = states.Select(state => exercise.Count(one => one.State == state)).ToArray();
            var bar = string.Concat(states.Zip(counts, (state, count) => $"<span class=\"{state}\" style=\"flex: {count}\"></span>"));
            var wrong = exercise.Where(one => one.State is ExerciseState.Wrong or ExerciseState.Partly).GroupBy(Mistake)
                .OrderByDescending(group => group.Count()).Take(MostAnswers).Select(group => $"{Page.Text(group.Key)} ({group.Count()})");
            return [
                Page.Text(exercise.Key), $"<div class=\"bar\">{bar}</div>{string.Join(", ", counts)}", string.Join("<br>", wrong),
                Mean(exercise.Select(one => one.Points ?? 0)), $"{exercise.First().Most}"];
        }
    }

    private static bool IsJudged(ExerciseGrade exercise) => exercise.Kind != Judge.Think;

    // What tells one mistake from another: why it failed, or the answer, or the questions.
    private static string Mistake(ExerciseGrade exercise) => exercise.Remark
        ?? (exercise.Questions.Count == 1 ? exercise.Questions[0].Answer ?? "no answer"
            : string.Join(", ", exercise.Questions.Where(question => !question.IsRight).Select(question => question.Question)));

    private static string Mean(IEnumerable<double> points) => points.Average().ToString("f1", CultureInfo.InvariantCulture);
}
