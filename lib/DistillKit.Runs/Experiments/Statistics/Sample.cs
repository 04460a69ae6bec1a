using MathNet.Numerics.Distributions;

namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>A few measured values, as drawn from a normal distribution; Student's t (1908) tells about their mean.</summary>
internal sealed class Sample
{
    private readonly double error;

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

    /// <summary>The two-sided p value of a mean of 0; null without spread.</summary>
    public double? P => HasSpread ? TwoSided(Mean / error, Count - 1) : null;

    /// <summary>The interval that covers the true mean with a chance of 1 - <paramref name="level"/>; null without spread.</summary>
    public Interval? Interval(double level)
    {
        if (!HasSpread) return null;
        var half = Critical(level, Count - 1) * error;
        return new(Mean - half, Mean + half);
    }

    /// <summary>The chance of a value at least as far from 0 as <paramref name="t"/>, with some degrees of freedom.</summary>
    internal static double TwoSided(double t, int degrees) => 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(t));

    /// <summary>The value that |t| exceeds with the probability 1 - level: half the width of an interval, in standard errors.</summary>
    internal static double Critical(double level, int degrees)
    {
        // StudentT.InvCDF looks between -800 and 800 only, which is too near for one degree of freedom and many comparisons.
        var (low, high) = (0.0, 1.0);
        while (TwoSided(high, degrees) > level) (low, high) = (high, 2 * high);
        for (var middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            if (TwoSided(middle, degrees) > level) low = middle;
            else high = middle;
        }
        return high;
    }
}
