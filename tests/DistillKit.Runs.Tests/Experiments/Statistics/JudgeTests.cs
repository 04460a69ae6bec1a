using DistillKit.Runs.Experiments.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Runs.Tests.Experiments.Statistics;

public sealed class JudgeTests
{
    private const double Margin = 0.2;

    [Theory]
    [InlineData(Verdict.Beats, 1.0, 1.2, 0.9, 1.1)]
    [InlineData(Verdict.Beats, 0.10, 0.11, 0.09, 0.10)]
    [InlineData(Verdict.Worse, -1.0, -1.2, -0.9, -1.1)]
    [InlineData(Verdict.Worse, -0.10, -0.11, -0.09, -0.10)]
    [InlineData(Verdict.NoGain, 0.02, -0.03, 0.01, -0.01)]
    [InlineData(Verdict.NoGain, -1.0, 0.1, -0.9, -0.8)]
    [InlineData(Verdict.Inconclusive, 0.5, -0.4, 0.9, -0.7)]
    [InlineData(Verdict.Inconclusive, 1.0)]
    [InlineData(Verdict.Inconclusive, 1.0, 1.0, 1.0)]
    [InlineData(Verdict.Inconclusive, 0.0, 0.0, 0.0)]
    public void One_recipe_against_its_baseline(Verdict expected, params double[] differences) =>
        Assert.Equal(expected, Judge.Compare([differences], Margin)[0]!.Verdict);

    [Fact]
    public void The_figures_are_those_of_a_paired_t_test_done_by_hand()
    {
        // Mean 0.5, standard deviation sqrt(0.1 / 4) = 0.1581, error 0.0707; t = 7.071 with 4 degrees: p = 0.00211; critical value 2.7764.
        var comparison = Judge.Compare([[0.3, 0.4, 0.5, 0.6, 0.7]], Margin)[0]!;
        Assert.Equal(5, comparison.Pairs);
        Assert.Equal(0.5, comparison.Difference, 12);
        Assert.Equal(0.00211, comparison.P!.Value, 5);
        Assert.Equal(0.5 - 2.7764 * 0.070711, comparison.Interval!.Low, 4);
        Assert.Equal(0.5 + 2.7764 * 0.070711, comparison.Interval.High, 4);
        Assert.Equal(comparison.Interval, comparison.Corrected);
    }

    [Fact]
    public void The_more_recipes_are_tried_the_more_it_takes_to_win()
    {
        double[] gain = [0.2, 0.5, 0.8, 0.6];
        double[][] noise = [.. Enumerable.Range(1, 9).Select(i => (double[])[i, -i, i + 1, -i - 1])];
        Assert.Equal(Verdict.Beats, Judge.Compare([gain], Margin)[0]!.Verdict);
        var among = Judge.Compare([gain, .. noise], Margin)[0]!;
        Assert.Equal(Verdict.Inconclusive, among.Verdict);
        Assert.Equal(10 * among.P!.Value, among.AdjustedP!.Value, 12);
    }

    [Fact]
    public void Holm_goes_on_to_the_next_after_each_success()
    {
        // p = 0.00021, 0.0211 and 0.64: the second fails at 0.05 / 3 and passes at 0.05 / 2.
        var comparisons = Judge.Compare([[0.1, -0.2, 0.3, 0.0], [0.28, 0.5, 0.72, 0.5, 0.14], [1.0, 1.1, 0.9, 1.05]], Margin);
        Assert.Equal([Verdict.Inconclusive, Verdict.Beats, Verdict.Beats], comparisons.Select(comparison => comparison!.Verdict));
        Assert.Equal(3 * comparisons[2]!.P!.Value, comparisons[2]!.AdjustedP!.Value, 12);
        Assert.Equal(2 * comparisons[1]!.P!.Value, comparisons[1]!.AdjustedP!.Value, 12);
    }

    [Fact]
    public void Recipes_without_results_take_no_part()
    {
        var comparisons = Judge.Compare([[], [0.3, 0.4, 0.5], [1.0]], Margin);
        Assert.Null(comparisons[0]);
        Assert.Equal(comparisons[1]!.P, comparisons[1]!.AdjustedP);
        Assert.Null(comparisons[2]!.Interval);
    }

    [Fact]
    public void Test_and_interval_say_the_same() => Prop.ForAll<int, byte, byte>((seed, recipes, seeds) =>
    {
        var random = new Random(seed);
        var differences = Enumerable.Range(0, recipes % 8 + 1)
            .Select(_ => Draw(random, seeds % 6 + 2, mean: random.NextDouble() - 0.3, deviation: 0.3)).ToArray();
        foreach (var comparison in Judge.Compare(differences, Margin))
        {
            var (low, high) = (comparison!.Corrected!.Low, comparison.Corrected.High);
            Assert.Equal(comparison.AdjustedP < Judge.Level, low > 0 || high < 0);
            Assert.Equal(comparison.P < Judge.Level, comparison.Interval!.Low > 0 || comparison.Interval.High < 0);
            Assert.True(low <= comparison.Interval.Low && high >= comparison.Interval.High);
            // Exactly one of them, whatever the interval.
            (Verdict Verdict, bool Fits)[] rules =
            [
                (Verdict.Beats, low > 0), (Verdict.Worse, high < 0), (Verdict.NoGain, low <= 0 && high >= 0 && high < Margin),
                (Verdict.Inconclusive, low <= 0 && high >= Margin),
            ];
            Assert.Equal(comparison.Verdict, Assert.Single(rules, rule => rule.Fits).Verdict);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_5_percent_of_experiments_or_fewer_is_any_verdict_wrong()
    {
        const int Experiments = 4000;
        var random = new Random(1);
        var (falseChanges, falseDenials) = (0, 0);
        for (var i = 0; i < Experiments; i++)
        {
            // Three recipes that do nothing, three whose gain is just the one that matters.
            double[] truth = [0, 0, 0, Margin, Margin, Margin];
            var comparisons = Judge.Compare([.. truth.Select(mean => Draw(random, 4, mean, deviation: 0.15))], Margin);
            if (comparisons.Take(3).Any(comparison => comparison!.Verdict is Verdict.Beats or Verdict.Worse)) falseChanges++;
            if (comparisons.Skip(3).Any(comparison => comparison!.Verdict is Verdict.NoGain or Verdict.Worse)) falseDenials++;
        }
        // Both kinds together stay within 5 %, and 0.7 % for the luck of the draw; a test that never speaks would be no test.
        Assert.InRange((double)(falseChanges + falseDenials) / Experiments, 0.005, 0.057);
    }

    [Fact]
    public void Intervals_cover_the_truth_as_often_as_they_say()
    {
        var random = new Random(2);
        var covered = Enumerable.Range(0, 4000)
            .Count(_ => new Sample(Draw(random, 5, mean: 3, deviation: 2)).Interval(Judge.Level) is { Low: < 3, High: > 3 });
        Assert.InRange(covered / 4000.0, 0.94, 0.96);
    }

    private static double[] Draw(Random random, int count, double mean, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => mean
            + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
