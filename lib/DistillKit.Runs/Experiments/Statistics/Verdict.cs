namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>
/// What a comparison with the baseline came to, by its corrected interval. A reader asks two things: is there a difference, and if none is
/// certain, is a gain worth having ruled out? So the place of 0 decides first, and the margin, the smallest gain that matters, only where
/// 0 is in the interval. Every interval has exactly one verdict. All but <see cref="Inconclusive"/> are statements about the true
/// difference, which are right wherever the interval covers it.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>0 is in the interval, and so is a gain that matters: more seeds would tell. Also where differences are fewer than two or
    /// all the same, which leaves nothing to judge them by.</summary>
    [JsonStringEnumMemberName("INCONCLUSIVE")]
    Inconclusive,

    /// <summary>The whole interval lies above 0. The gain may still be smaller than the margin.</summary>
    [JsonStringEnumMemberName("BEATS")]
    Beats,

    /// <summary>0 is in the interval, which ends below the margin: a gain that matters is ruled out, a loss is not.</summary>
    [JsonStringEnumMemberName("NO GAIN")]
    NoGain,

    /// <summary>The whole interval lies below 0.</summary>
    [JsonStringEnumMemberName("WORSE")]
    Worse,
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
