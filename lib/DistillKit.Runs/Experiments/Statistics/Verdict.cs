namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>What a comparison with the baseline came to; <see cref="Judge"/> has the rule.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>It could be better, by an amount that matters, or not: more seeds would tell.</summary>
    [JsonStringEnumMemberName("INCONCLUSIVE")]
    Inconclusive,

    /// <summary>Better than the baseline.</summary>
    [JsonStringEnumMemberName("BEATS")]
    Beats,

    /// <summary>Not better by an amount that matters.</summary>
    [JsonStringEnumMemberName("NO BEATS")]
    NoBeats,
}

/// <summary>From a lower to an upper end.</summary>
public sealed record Interval(double Low, double High);

/// <summary>A recipe against the baseline, seed by seed. Differences are shares of right answers: 0.01 is a point.</summary>
/// <param name="Pairs">Seeds that both have.</param>
/// <param name="Interval">Of 95 %, for this comparison alone; null where the differences have no spread.</param>
/// <param name="Corrected">At the level at which Holm's procedure judged: it leaves out 0 exactly when the difference is
/// significant.</param>
/// <param name="P">Of the paired t test, two-sided.</param>
/// <param name="AdjustedP">After Holm's correction: below 0.05 when the difference is significant.</param>
public sealed record Comparison(
    int Pairs, double Difference, Interval? Interval, Interval? Corrected, double? P, double? AdjustedP, Verdict Verdict);

/// <summary>Verdicts as words.</summary>
public static class VerdictExtensions
{
    /// <summary>The verdict as tables show it.</summary>
    public static string Text(this Verdict verdict) => JsonSerializer.SerializeToElement(verdict).ToString();
}
