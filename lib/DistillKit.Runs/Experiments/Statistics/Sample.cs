namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>From a lower to an upper end.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High);

/// <summary>A few measured values, taken as drawn from a normal distribution.</summary>
internal sealed class Sample
{
    private readonly double error;

    /// <param name="values">At least one.</param>
    public Sample(IReadOnlyList<double> values)
    {
        Count = values.Count;
        Mean = values.Average();
        // Equal values have a spread of 0, whatever their sum was rounded to.
        HasSpread = values.Any(value => value != values[0]);
        if (HasSpread) error = Math.Sqrt(values.Sum(value => (value - Mean) * (value - Mean)) / (Count - 1) / Count);
    }

    public int Count { get; }

    public double Mean { get; }

    /// <summary>Whether the values differ, so that they tell how far the mean may be from the truth.</summary>
    public bool HasSpread { get; }

    /// <summary>The two-sided p value of a mean of 0 by Student's t test; null without spread.</summary>
    public double? P => HasSpread ? new StudentT(Count - 1).TwoSided(Mean / error) : null;

    /// <summary>The interval that covers the true mean with a chance of 1 - <paramref name="level"/>; null without spread.</summary>
    public Interval? Interval(double level)
    {
        if (!HasSpread) return null;
        var half = new StudentT(Count - 1).Critical(level) * error;
        return new(Mean - half, Mean + half);
    }
}
