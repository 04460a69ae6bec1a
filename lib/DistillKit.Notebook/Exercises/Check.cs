using System.Net;
using DistillKit.Files;

namespace DistillKit.Notebook.Exercises;

/// <summary>How an answer is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckState>))]
public enum CheckState
{
    /// <summary>Its cell has not run, or it is one that only a person can judge.</summary>
    NotChecked,
    /// <summary>There is no answer yet.</summary>
    Open,
    /// <summary>It is right.</summary>
    Right,
    /// <summary>It is wrong.</summary>
    Wrong,
}

/// <summary>An exercise's answer as text, and whether it is right.</summary>
public sealed record CheckResult(string Id, CheckState State, string? Answer)
{
    /// <inheritdoc/>
    public override string ToString() => State switch
    {
        CheckState.Open => $"{Id}: no answer yet.",
        CheckState.Right => $"{Id}: right.",
        CheckState.Wrong => $"{Id}: not yet. Check.Hint(\"{Id}\") has a hint.",
        CheckState.NotChecked => $"{Id}: not checked.",
        _ => throw new NotSupportedException($"There is no state {State}."),
    };

    internal string ToHtml() => ToHtml(ToString());

    internal string ToHtml(string text)
    {
        // Okabe and Ito's colours, which the colour-blind can tell apart; the words say it too.
        var colour = State switch { CheckState.Right => "#009e73", CheckState.Wrong => "#d55e00", _ => "#999999" };
        return $"<div style=\"border-left: 4px solid {colour}; padding: 0.2em 0.8em\">{WebUtility.HtmlEncode(text)}</div>";
    }
}

/// <summary>What became of a notebook's exercises and predictions.</summary>
/// <param name="Notebook">Its number.</param>
public sealed record NotebookSummary(string Notebook, IReadOnlyList<ExerciseSummary> Exercises, IReadOnlyList<Prediction> Predictions)
{
    /// <summary>The points of what is right.</summary>
    public int Points => Exercises.Where(one => one.State == CheckState.Right).Sum(one => one.Points);

    /// <inheritdoc/>
    public override string ToString() => Table().ToString();

    internal Table Table()
    {
        var toRead = Exercises.Where(one => one.Kind == ExerciseKind.Think).Sum(one => one.Points);
        var most = Exercises.Sum(one => one.Points) - toRead;
        return new(["exercise", "kind", "points", ""], [.. Exercises.Select(Row)], null,
            $"{Points} of {most} points, {toRead} more for a person to read, and "
            + $"{Predictions.Count(one => one.Guess is not null)} of {Predictions.Count} predictions made.");

        static IReadOnlyList<string> Row(ExerciseSummary one) => [one.Id, one.Kind switch
        {
            ExerciseKind.WarmUp => "warm-up",
            ExerciseKind.Build => "build",
            ExerciseKind.Think => "think",
            _ => throw new NotSupportedException($"There is no kind {one.Kind}."),
        }, $"{one.Points}", one.State switch
        {
            CheckState.NotChecked when one.Kind == ExerciseKind.Think => "for a person to read",
            CheckState.NotChecked => "not run",
            CheckState.Open => "no answer yet",
            CheckState.Right => "right",
            CheckState.Wrong => "not yet right",
            _ => throw new NotSupportedException($"There is no state {one.State}."),
        }];
    }
}

/// <summary>An exercise with the state of its last answer.</summary>
public sealed record ExerciseSummary(string Id, ExerciseKind Kind, int Points, CheckState State, string? Answer);

/// <summary>Checks of exercises, which do not show the answers; collected for grading.</summary>
public static class Check
{
    private static readonly Dictionary<string, CheckResult> Results = [];

    /// <summary>The results of all exercises of this notebook that have run, each with its last answer.</summary>
    public static IReadOnlyList<CheckResult> All => [.. Results.Values];

    /// <summary>Checks the answer of a warm-up.</summary>
    /// <param name="id">The exercise, as the metadata of its cells names it.</param>
    /// <param name="answer">The reader's answer, a number, a truth or a word; null while there is none.</param>
    /// <param name="given">What the right answer is computed from.</param>
    /// <exception cref="UserException">There is no such exercise.</exception>
    public static CheckResult Answer(string id, object? answer, params object[] given)
    {
        var exercise = ExerciseBook.Find(id);
        var right = exercise.Answer ?? throw new UserException($"Exercise {id} has no single answer.");
        var expected = right(given);
        new Evidence(
            id, exercise.Kind, 0, exercise.Tolerance, exercise.Hint,
            [new("the answer", [Value(expected)], answer is null ? null : [Value(answer)], null)]).Show();
        if (answer is null) return Results[id] = new(id, CheckState.Open, null);
        var isRight = AreSame(expected, answer, exercise.Tolerance);
        return Results[id] = new(id, isRight ? CheckState.Right : CheckState.Wrong, Plain(answer));
    }

    /// <summary>What helps with an exercise, for those who ask.</summary>
    /// <exception cref="UserException">There is no such exercise.</exception>
    public static string Hint(string id) =>
        ExerciseBook.Find(id).Hint ?? "Questions to think about have no hint: say what you think, and why.";

    /// <summary>All exercises and predictions of a notebook, also those that were not run.</summary>
    /// <param name="notebook">Its number, for instance <c>03</c>.</param>
    public static NotebookSummary Summary(string notebook) => new(
        notebook,
        [.. ExerciseBook.Of(notebook).Select(exercise =>
        {
            var result = Results.GetValueOrDefault(exercise.Id);
            return new ExerciseSummary(
                exercise.Id, exercise.Kind, exercise.Points, result?.State ?? CheckState.NotChecked, result?.Answer);
        })],
        Predictions.All);

    /// <summary>Writes <see cref="Summary"/> to a file as JSON, for an instructor to collect.</summary>
    /// <param name="notebook">Its number, for instance <c>03</c>.</param>
    /// <param name="path">The file.</param>
    public static void Save(string notebook, string path)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };
        AtomicFile.WriteText(path, JsonSerializer.Serialize(Summary(notebook), options) + "\n");
    }

    internal static void Clear() => Results.Clear();

    internal static void Note(ExerciseResult result)
    {
        var right = $"{result.Answers.Count(answer => answer.IsRight)} of {result.Answers.Count}";
        Results[result.Id] = new(result.Id, result.State, right);
    }

    private static bool AreSame(object right, object answer, double tolerance)
    {
        if (right is string or bool) return Plain(right) == Plain(answer);
        return double.TryParse(Plain(answer), CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number - Convert.ToDouble(right, CultureInfo.InvariantCulture)) <= tolerance;
    }

    // As the grader compares it.
    private static object Value(object value) =>
        value is not bool && double.TryParse(Plain(value), CultureInfo.InvariantCulture, out var number) ? number : Plain(value);

    private static string Plain(object value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Trim().ToLowerInvariant();
}
