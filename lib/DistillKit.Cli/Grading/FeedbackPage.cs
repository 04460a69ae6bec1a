namespace DistillKit.Cli.Grading;

/// <summary>What a student gets back: for each exercise its points, what was asked and answered, a hint, code and outputs.</summary>
internal static class FeedbackPage
{
    private const int MostText = 4000;

    /// <param name="questions">By exercise, what was asked.</param>
    /// <param name="executed">The student's executed notebooks; null where there is none.</param>
    internal static void Write(
        string path, string student, IReadOnlyList<NotebookGrade> grades,
        Func<NotebookGrade, IReadOnlyDictionary<string, Question>> questions, Func<NotebookGrade, NotebookFile?> executed)
    {
        var body = new StringBuilder($"<h1>Feedback for {Page.Text(student)}</h1>\n");
        foreach (var grade in grades)
        {
            body.Append($"<h2>{Page.Text(grade.Notebook.Length > 0 ? grade.Notebook : "no notebook")}</h2>\n");
            var forAPerson = grade.Exercises.Where(exercise => exercise.Points is null).Sum(exercise => exercise.Most);
            body.Append(Page.Paragraph($"{GradeBook.Number(grade.Points)} of {grade.Most} points"
                + (forAPerson > 0 ? $", and up to {forAPerson} more for questions that a person reads." : ".")));
            string[] remarks = [.. grade.Remarks.Where(remark => !remark.StartsWith(Grader.ForAPerson, StringComparison.Ordinal))];
            if (remarks.Length > 0)
                body.Append($"<ul>\n{string.Concat(remarks.Select(remark => $"<li>{Page.Text(remark)}</li>\n"))}</ul>\n");
            var (notebook, texts) = (executed(grade), questions(grade));
            foreach (var exercise in grade.Exercises) body.Append(Section(exercise, texts.GetValueOrDefault(exercise.Id)?.Text, notebook));
        }
        body.Append(Page.Paragraph(
            "A function has its points by the share of questions that it answers right, in halves: of the visible or of the hidden ones, "
            + "whichever is less. Hidden questions are about what the text says, with other numbers."));
        Page.Write(path, $"Feedback for {student}", body.ToString());
    }

    private static string Section(ExerciseGrade exercise, string? question, NotebookFile? notebook)
    {
        var points = exercise.Points is { } given ? $"{GradeBook.Number(given)} of {exercise.Most}" : $"{exercise.Most}";
        var heading = question?.Split('\n').LastOrDefault(line => line.StartsWith('#'))?.TrimStart('#', ' ') ?? exercise.Id;
        var html = new StringBuilder($"<section class=\"{exercise.State}\">\n<h3>{Page.Text(heading)}</h3>\n");
        html.Append(Page.Paragraph($"{exercise.Id}: {points} points, {GradeBook.Describe(exercise).TrimEnd('.')}."));
        var isWrong = exercise.State is ExerciseState.Partly or ExerciseState.Wrong;
        if (isWrong && exercise is { Remark: null, Comment: null, Questions.Count: > 1 })
        {
            html.Append(Page.Table(["asked", "right is", "your answer", ""], 0, exercise.Questions.Select(one => (string[])[
                Page.Text(one.Question), Page.Text(one.Right ?? "not shown"), Page.Text(one.Answer ?? ""),
                one.IsRight ? "right" : "wrong"])));
        }
        else if (exercise.Questions is [{ Answer: { } answer, IsRight: false }]) html.Append(Page.Paragraph($"Your answer: {answer}"));
        if (exercise.State is not (ExerciseState.Right or ExerciseState.ForAPerson) && exercise.Hint is { } hint)
            html.Append(Page.Paragraph($"Hint: {hint}"));
        if (exercise.Kind == Judge.Think && exercise.State != ExerciseState.Open) html.Append(Page.FromMarkdown(exercise.Code));
        else if (exercise.State != ExerciseState.Open && exercise.Code.Length > 0)
        {
            html.Append($"<pre>{Page.Text(Short(exercise.Code))}</pre>\n");
            var cells = notebook?.CodeCells.Where(cell => cell.GradeId == exercise.Id) ?? [];
            foreach (var cell in cells) html.Append(Outputs(cell));
        }
        return html.Append("</section>\n").ToString();
    }

    // Of what a cell displayed: its text, and its pictures, in which no script runs.
    private static string Outputs(Cell cell)
    {
        var html = new StringBuilder();
        foreach (var output in cell.Outputs)
        {
            var picture = SlidePage.PictureOf(output);
            var text = Cell.Text(output, "text") ?? Cell.Text(output, "evalue") ?? Cell.Text(output, "data", "text/plain");
            if (picture is not null) html.Append($"<p><img alt=\"a chart\" src=\"{Page.Text(picture)}\"></p>\n");
            else if (text?.Trim().Length > 0) html.Append($"<pre class=\"soft\">{Page.Text(Short(text))}</pre>\n");
        }
        return html.ToString();
    }

    private static string Short(string text) => text.Length <= MostText ? text : text[..MostText] + "\n...";
}
