namespace DistillKit.Runs.Experiments.Statistics;

/// <summary>Student's t distribution (Student 1908): of a mean over its estimated standard error.</summary>
/// <param name="degrees">Degrees of freedom, at least 1: for a mean of n values n - 1.</param>
public sealed class StudentT(double degrees)
{
    private readonly double degrees = degrees >= 1 ? degrees : throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "There must be at least two values.");

    /// <summary>The chance of a value at most as large as <paramref name="t"/>.</summary>
    public double Cumulative(double t) => t < 0 ? TwoSided(t) / 2 : 1 - TwoSided(t) / 2;

    /// <summary>The chance of a value at least as far from 0 as <paramref name="t"/>: <c>I_x(v / 2, 1 / 2)</c> with <c>x = v / (v + t²)</c>.</summary>
    public double TwoSided(double t) => double.IsInfinity(t) ? 0 : Beta.Regularized(degrees / (degrees + t * t), degrees / 2, 0.5);

    /// <summary>The value that is exceeded in absolute size with a chance of <paramref name="level"/>: the half-width of an interval in standard errors.</summary>
    /// <param name="level">Above 0 and at most 1; 0.05 for an interval of 95 %.</param>
    public double Critical(double level)
    {
        if (level is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "The level must be above 0 and at most 1.");
        var (low, high) = (0.0, 1.0);
        while (TwoSided(high) > level) (low, high) = (high, 2 * high);
        // Halved until the two are neighbours: slow, exact, and called a few times for each row of a table.
        for (var middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            if (TwoSided(middle) > level) low = middle;
            else high = middle;
        }
        return high;
    }
}
