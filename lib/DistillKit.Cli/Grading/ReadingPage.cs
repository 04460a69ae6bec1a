namespace DistillKit.Cli.Grading;

/// <summary>All answers that wait for a person, by exercise: one question is read for the whole class before the next.</summary>
internal static class ReadingPage
{
    /// <param name="questions">By notebook and exercise, what was asked and what a good answer is.</param>
    internal static void Write(
        string path, IReadOnlyList<NotebookGrade> grades, Func<NotebookGrade, IReadOnlyDictionary<string, Question>> questions)
    {
        var body = new StringBuilder("<h1>Answers for a person to read</h1>\n");
        var waiting =
            from grade in grades
            from exercise in grade.Exercises
            where exercise.State == ExerciseState.ForAPerson
            group (grade, exercise) by exercise.Id;
        foreach (var same in waiting)
        {
            var (first, exercise) = same.First();
            body.Append($"<h2>{Page.Text(same.Key)}: {Terminal.Count(exercise.Most, "point")}</h2>\n");
            if (questions(first).GetValueOrDefault(same.Key) is { } question)
            {
                body.Append(Page.FromMarkdown(question.Text));
                // In the notebook it is folded, too.
                var answer = string.Join('\n', question.Answer.Split('\n').Where(line => !line.Contains("details>")));
                body.Append($"<details><summary>A good answer</summary>\n{Page.FromMarkdown(answer)}</details>\n");
            }
            foreach (var (grade, written) in same)
            {
                body.Append($"<section class=\"{written.State}\">\n<h3>{Page.Text(grade.Student)}</h3>\n");
                body.Append($"{Page.FromMarkdown(written.Code)}</section>\n");
            }
        }
        Page.Write(path, "Answers for a person to read", body.ToString());
    }
}

/// <summary>The question of an exercise, and its solution.</summary>
internal sealed record Question(string Text, string Answer);
