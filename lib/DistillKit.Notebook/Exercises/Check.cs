using System.Net;
using System.Security.Cryptography;
using DistillKit.Files;

namespace DistillKit.Notebook.Exercises;

/// <summary>How an answer is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckState>))]
public enum CheckState
{
    /// <summary>There is no answer yet.</summary>
    Open,
    /// <summary>It is right.</summary>
    Right,
    /// <summary>It is wrong.</summary>
    Wrong,
}

/// <summary>An exercise's answer as text, and whether it is right.</summary>
/// <param name="Hint">What helps when it is wrong; never the solution.</param>
public sealed record CheckResult(string What, CheckState State, string? Answer, string? Hint)
{
    /// <inheritdoc/>
    public override string ToString() => State switch
    {
        CheckState.Open => $"{What}: no answer yet.",
        CheckState.Right => $"{What}: right.",
        _ => $"{What}: not yet.{(Hint is null ? "" : " " + Hint)}",
    };

    internal string ToHtml()
    {
        // Okabe and Ito's colours, which the colour-blind can tell apart; the words say it too.
        var colour = State switch { CheckState.Open => "#999999", CheckState.Right => "#009e73", _ => "#d55e00" };
        return $"<div style=\"border-left: 4px solid {colour}; padding: 0.2em 0.8em\">{WebUtility.HtmlEncode(ToString())}</div>";
    }
}

/// <summary>Checks of exercises: right or wrong with a hint, which never gives the solution away; collected for grading.</summary>
public static class Check
{
    private static readonly Dictionary<string, CheckResult> Results = [];

    /// <summary>The results of all exercises of this notebook, each with its last answer.</summary>
    public static IReadOnlyList<CheckResult> All => [.. Results.Values];

    /// <summary>Checks a number.</summary>
    /// <param name="what">The exercise; it is counted once, with the last answer.</param>
    /// <param name="actual">The reader's answer; null while there is none.</param>
    /// <param name="expected">The right one; compute it rather than write it down.</param>
    /// <param name="hint">What helps; without it the check says whether the answer is too large or too small.</param>
    public static CheckResult That(string what, double? actual, double expected, double tolerance = 0, string? hint = null)
    {
        if (actual is not { } answer) return Note(what, null, null, null);
        return Note(what, Math.Abs(answer - expected) <= tolerance, Text.Number(answer), hint ?? Direction(answer, expected));
    }

    /// <summary>Checks a statement about the reader's work, for instance that an array is sorted.</summary>
    /// <param name="isRight">Whether it holds; null while there is no answer.</param>
    public static CheckResult That(string what, bool? isRight, string? hint = null) => Note(what, isRight, isRight?.ToString(), hint);

    /// <summary>Checks an answer against the <see cref="Seal"/> of the right one, which does not show it.</summary>
    /// <param name="actual">The reader's answer, a whole number or a word; null while there is none.</param>
    public static CheckResult Sealed(string what, object? actual, string seal, string? hint = null) =>
        actual is null ? Note(what, null, null, null) : Note(what, Seal(what, actual) == seal, Plain(actual), hint);

    /// <summary>The seal of an answer, for those who write exercises.</summary>
    public static string Seal(string what, object answer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}\n{Plain(answer)}")))[..12];

    /// <summary>All results as JSON, for grading: <c>{"right": 1, "of": 2, "exercises": [...], "predictions": [...]}</c>.</summary>
    public static string Summary() => JsonSerializer.Serialize(
        new { Right = All.Count(one => one.State == CheckState.Right), Of = All.Count, Exercises = All, Predictions = Predictions.All },
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" });

    /// <summary>Writes <see cref="Summary"/> to a file, for an instructor to collect.</summary>
    public static void Save(string path) => AtomicFile.WriteText(path, Summary() + "\n");

    internal static void Clear() => Results.Clear();

    // Only a wrong answer gets the hint.
    private static CheckResult Note(string what, bool? isRight, string? answer, string? hint) => Results[what] = isRight switch
    {
        null => new(what, CheckState.Open, answer, null),
        true => new(what, CheckState.Right, answer, null),
        false => new(what, CheckState.Wrong, answer, hint),
    };

    private static string Direction(double answer, double expected) =>
        !double.IsFinite(answer) ? "It is not a number." : answer > expected ? "It is less than that." : "It is more than that.";

    private static string Plain(object value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Trim().ToLowerInvariant();
}
