using Microsoft.VisualBasic.FileIO;

namespace DistillKit.Cli.Grading;

/// <summary>What a person gave for an exercise, in place of the grader's points.</summary>
/// <param name="Comment">What the student reads beside the points; may be empty.</param>
/// <param name="Answer">The hash of the answer that was read; empty where the mark holds for any.</param>
internal sealed record Mark(string Student, string Exercise, double Points, string Comment, string Answer = "")
{
    private static readonly string[] Header = ["student", "exercise", "points", "of", "comment", "answer"];

    /// <summary>Reads a table of marks; rows without points are still to be read, and left out.</summary>
    /// <param name="keys">The complete notebooks, which say how many points an exercise has.</param>
    /// <exception cref="UserException">The file is not such a table, or gives more points than there are.</exception>
    internal static IReadOnlyList<Mark> Read(string file, IReadOnlyList<NotebookFile> keys)
    {
        if (!File.Exists(file)) throw new UserException($"There is no file {file} with marks.");
        var most = keys.SelectMany(key => key.Cells).Where(cell => cell.Points is not null)
            .ToDictionary(cell => cell.TestedExercise ?? cell.GradeId!, cell => cell.Points!.Value);
        var marks = new List<Mark>();
        var line = 0L;
        // Spreadsheets write what their country does: 1,5 and ; beside it, or 1.5 and a comma.
        var delimiter = File.ReadLines(file).FirstOrDefault("").Contains(';') ? ";" : ",";
        using var table = new TextFieldParser(file) { Delimiters = [delimiter], HasFieldsEnclosedInQuotes = true };
        while (!table.EndOfData)
        {
            line = table.LineNumber;
            var fields = Fields();
            if (fields is ["student", "exercise", ..] or [_, _, "", ..]) continue;
            if (fields.Length is not (5 or 6)) throw Wrong($"has {fields.Length} columns, not {string.Join(',', Header)}");
            var number = delimiter == ";" ? fields[2].Replace(',', '.') : fields[2];
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var points) || !(points >= 0))
                throw Wrong($"has '{fields[2]}' for points");
            if (most.TryGetValue(fields[1], out var limit) && points > limit) throw Wrong($"gives {fields[2]} points of {limit}");
            // The quote that keeps a spreadsheet from computing the name.
            marks.Add(new(fields[0].TrimStart('\''), fields[1], points, fields[4], fields.ElementAtOrDefault(5) ?? ""));
        }
        return marks;

        string[] Fields()
        {
            try
            {
                return table.ReadFields()!;
            }
            catch (MalformedLineException error)
            {
                throw new UserException($"{file}, line {error.LineNumber}: a quotation mark is not closed.", error);
            }
        }

        UserException Wrong(string what) => new($"{file}, line {line}: it {what}.");
    }

    /// <exception cref="UserException">The file that would be written anew holds points.</exception>
    internal static void RequireUnfilled(string file)
    {
        if (File.Exists(file) && Read(file, []).Count > 0)
            throw new UserException($"{file} has points and would be written anew: save it as marks.csv, and give --marks marks.csv.");
    }

    /// <summary>Writes a row for each answer that a person has yet to read, with an empty cell for its points.</summary>
    /// <returns>How many there are.</returns>
    internal static int WriteOpen(string file, IReadOnlyList<NotebookGrade> grades)
    {
        string[][] rows = [.. grades.SelectMany(grade => grade.Exercises
            .Where(exercise => exercise.State == ExerciseState.ForAPerson)
            .Select(exercise => (string[])[grade.Student, exercise.Id, "", $"{exercise.Most}", "", HashOf(exercise)]))];
        GradeBook.WriteTable(file, [Header, .. rows]);
        return rows.Length;
    }

    /// <summary>The grades with all marks in them, where an answer that nobody wrote has no points; and the marks that are of nobody here,
    /// or of an answer that has changed since.</summary>
    internal static (IReadOnlyList<NotebookGrade> Grades, IReadOnlyList<Mark> Unused) Give(
        IReadOnlyList<Mark> marks, IReadOnlyList<NotebookGrade> grades)
    {
        // Of two rows for one answer the later one counts.
        var byAnswer = marks.GroupBy(mark => (mark.Student, mark.Exercise)).ToDictionary(same => same.Key, same => same.Last());
        var used = new HashSet<Mark>();
        NotebookGrade[] marked = [.. grades.Select(grade => grade with
        {
            Exercises = [.. grade.Exercises.Select(exercise =>
                byAnswer.TryGetValue((grade.Student, exercise.Id), out var mark) && mark.IsOf(exercise) && used.Add(mark)
                    ? mark.Give(exercise)
                    : exercise.State == ExerciseState.Open ? exercise with { Points = 0 } : exercise)],
        })];
        return (marked, [.. byAnswer.Values.Except(used)]);
    }

    private bool IsOf(ExerciseGrade exercise) => Answer.Length == 0 || Answer == HashOf(exercise);

    // With a letter in front no spreadsheet takes it for a number.
    private static string HashOf(ExerciseGrade exercise) => "h" + Key.HashOf(exercise.Code);

    private ExerciseGrade Give(ExerciseGrade exercise) => exercise with
    {
        Points = Points,
        State = Points >= exercise.Most ? ExerciseState.Right : Points > 0 ? ExerciseState.Partly : ExerciseState.Wrong,
        Comment = Comment.Length > 0 ? Comment : "read by a person",
    };
}
