namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>
/// The test behind the verdicts. Each of k recipes is compared with the baseline by a paired t test over the seeds that both have,
/// two-sided. Holm's procedure (1979) judges the smallest p value at the level 0.05 / k, the next at 0.05 / (k - 1), and so on; from the
/// first that fails on, all are judged at that one's level. Each comparison's corrected interval has the level at which it was judged, so
/// that interval and test say the same; a statement about any of the recipes is wrong with a chance of at most 5 % (Strassburger and Bretz
/// 2008 have the intervals). <see cref="Verdict"/> has what an interval says.
/// </summary>
internal static class Judge
{
    /// <summary>The chance of a wrong statement that is accepted.</summary>
    public const double Level = 0.05;

    /// <summary>Compares recipes with their baseline.</summary>
    /// <param name="differences">For each recipe its differences to the baseline, one for each seed that both have.</param>
    /// <param name="margin">The smallest gain that matters.</param>
    /// <returns>In the order of the differences; null where there are none.</returns>
    public static IReadOnlyList<Comparison?> Compare(IReadOnlyList<IReadOnlyList<double>> differences, double margin)
    {
        Sample?[] samples = [.. differences.Select(values => values.Count == 0 ? null : new Sample(values))];
        var comparisons = Array.ConvertAll(samples, sample => sample is null ? null
            : new Comparison(sample.Count, sample.Mean, sample.Interval(Level), null, sample.P, null, Verdict.Inconclusive));
        var judgeable = Enumerable.Range(0, samples.Length).Where(index => samples[index] is { HasSpread: true });
        int[] tested = [.. judgeable.OrderBy(index => comparisons[index]!.P)];
        var (adjusted, level) = (0.0, 0.0);
        foreach (var (rank, index) in tested.Index())
        {
            // Once one has failed, its level is everybody's.
            if (adjusted < Level) level = Level / (tested.Length - rank);
            adjusted = Math.Min(1, Math.Max(adjusted, (tested.Length - rank) * comparisons[index]!.P!.Value));
            var corrected = samples[index]!.Interval(level)!;
            var verdict = VerdictOf(corrected, margin);
            comparisons[index] = comparisons[index]! with { Corrected = corrected, AdjustedP = adjusted, Verdict = verdict };
        }
        return comparisons;
    }

    /// <summary>The rule in a line, as tables show it.</summary>
    public static string Rule(string baseline, int comparisons, double marginPoints) =>
        $"paired t test over seeds against {baseline}, two-sided, Holm's correction for {comparisons} at 5 %; corrected interval above 0: "
        + FormattableString.Invariant($"{Verdict.Beats.Text()}, below 0: {Verdict.Worse.Text()}, with 0 in it: {Verdict.NoGain.Text()} ")
        + FormattableString.Invariant($"if it ends below {marginPoints} points, else {Verdict.Inconclusive.Text()}");

    private static Verdict VerdictOf(Interval corrected, double margin) =>
        corrected.Low > 0 ? Verdict.Beats
        : corrected.High < 0 ? Verdict.Worse
        : corrected.High < margin ? Verdict.NoGain
        : Verdict.Inconclusive;
}
