using System.Net;

namespace DistillKit.Notebook.Exercises;

/// <summary>A guess beside what was measured; null where the reader has made none, or nothing is measured yet.</summary>
public sealed record Prediction(string Question, double? Guess, double? Measured, string Unit)
{
    /// <inheritdoc/>
    public override string ToString() => (Guess, Measured) switch
    {
        (null, null) => $"{Asked} Put your guess in place of null.",
        ({ } guess, null) => $"{Asked} Your guess: {Number(guess)}. Noted.",
        (null, { } measured) => $"{Asked} Measured: {Number(measured)}.",
        ({ } guess, { } measured) => $"{Asked} You said {Number(guess)}, measured: {Number(measured)}. {Verdict(guess, measured)}",
    };

    private string Asked => Question.EndsWith('?') ? Question : $"{Question}:";

    internal string ToHtml() =>
        $"<div style=\"border-left: 4px solid #0072b2; padding: 0.2em 0.8em\">{WebUtility.HtmlEncode(ToString())}</div>";

    private string Number(double value) => Unit.Length == 0 ? Text.Number(value) : $"{Text.Number(value)} {Unit}";

    // Shares and points are judged by their distance: a tenth of 95 % would be nearly everything.
    private string Verdict(double guess, double measured) => (guess / measured) switch
    {
        _ when guess == measured => "Exactly.",
        _ when Unit is "%" or "points" => $"Off by {Text.Number(Math.Abs(guess - measured))} points.",
        _ when !(measured > 0 && guess > 0) => $"Off by {Number(Math.Abs(guess - measured))}.",
        > 0.9 and < 1.1 => "Within a tenth.",
        > 1 and var ratio => $"{Times(ratio)} times too high.",
        var ratio => $"{Times(1 / ratio)} times too low.",
    };

    private static string Times(double ratio) => ratio.ToString(ratio < 10 ? "f1" : "n0", CultureInfo.InvariantCulture);
}

/// <summary>Guesses that are written down before the measurement, because a wrong guess is remembered.</summary>
public static class Predictions
{
    private static readonly Dictionary<string, Prediction> Noted = [];

    /// <summary>All guesses of this notebook, in order.</summary>
    public static IReadOnlyList<Prediction> All => [.. Noted.Values];

    /// <summary>Notes a guess; a later one on the same question replaces it.</summary>
    /// <param name="question">The question, which <see cref="Reveal"/> repeats.</param>
    /// <param name="value">The guess; null while there is none.</param>
    public static Prediction Predict(string question, double? value, string unit = "") =>
        Noted[question] = new(question, value, null, unit);

    /// <summary>Compares the guess, where there is one, with what was measured.</summary>
    /// <exception cref="UserException">Nobody was asked.</exception>
    public static Prediction Reveal(string question, double measured)
    {
        if (!Noted.TryGetValue(question, out var prediction))
            throw new UserException($"There is no prediction for '{question}': run the cell with Predict(\"{question}\", ...) first.");
        return Noted[question] = prediction with { Measured = measured };
    }

    internal static void Clear() => Noted.Clear();
}
