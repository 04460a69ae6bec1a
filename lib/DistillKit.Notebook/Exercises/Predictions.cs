using System.Net;

namespace DistillKit.Notebook.Exercises;

/// <summary>A guess beside what was measured; null before that.</summary>
public sealed record Prediction(string Question, double Guess, double? Measured, string Unit)
{
    /// <inheritdoc/>
    public override string ToString() => Measured is { } measured
        ? $"{Question} You said {Text.Number(Guess)}{Suffix}, measured: {Text.Number(measured)}{Suffix}. {Verdict(measured)}"
        : $"{Question} Your guess: {Text.Number(Guess)}{Suffix}. Noted.";

    internal string ToHtml() =>
        $"<div style=\"border-left: 4px solid #0072b2; padding: 0.2em 0.8em\">{WebUtility.HtmlEncode(ToString())}</div>";

    private string Suffix => Unit.Length == 0 ? "" : " " + Unit;

    private string Verdict(double measured) => (Guess / measured) switch
    {
        > 0.9 and < 1.1 => "Within a tenth.",
        _ when Guess == measured => "Exactly.",
        _ when !(measured > 0 && Guess > 0) => $"Off by {Text.Number(Math.Abs(Guess - measured))}{Suffix}.",
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
    public static Prediction Predict(string question, double value, string unit = "") => Noted[question] = new(question, value, null, unit);

    /// <summary>Compares the guess with what was measured.</summary>
    /// <exception cref="UserException">Nobody guessed.</exception>
    public static Prediction Reveal(string question, double measured)
    {
        if (!Noted.TryGetValue(question, out var prediction))
            throw new UserException($"There is no prediction for '{question}': run the cell with Predict(\"{question}\", ...) first.");
        return Noted[question] = prediction with { Measured = measured };
    }

    internal static void Clear() => Noted.Clear();
}
