using DistillKit.Runs.Experiments.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Runs.Tests.Experiments.Statistics;

public sealed class StudentTTests
{
    /// <summary>The printed tables, two-sided (for instance NIST/SEMATECH e-Handbook, 1.3.6.7.2).</summary>
    [Theory]
    [InlineData(1, 0.05, 12.7062)]
    [InlineData(2, 0.05, 4.3027)]
    [InlineData(3, 0.05, 3.1824)]
    [InlineData(4, 0.05, 2.7764)]
    [InlineData(9, 0.05, 2.2622)]
    [InlineData(30, 0.05, 2.0423)]
    [InlineData(120, 0.05, 1.9799)]
    [InlineData(1, 0.01, 63.6567)]
    [InlineData(2, 0.01, 9.9248)]
    [InlineData(4, 0.01, 4.6041)]
    [InlineData(10, 0.001, 4.5869)]
    public void Critical_values_are_those_of_the_tables(int degrees, double level, double expected) =>
        Assert.Equal(expected, new StudentT(degrees).Critical(level), 4);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(400)]
    public void One_and_two_degrees_have_closed_forms(double t)
    {
        Close(1 - 2 / Math.PI * Math.Atan(t), new StudentT(1).TwoSided(t));
        Close(1 - t / Math.Sqrt(t * t + 2), new StudentT(2).TwoSided(t));
    }

    [Theory]
    [InlineData(3, 0.5)]
    [InlineData(4, 2.1)]
    [InlineData(7, 3.3)]
    [InlineData(19, 1)]
    [InlineData(200, 2.6)]
    public void The_distribution_is_the_integral_of_its_density(int degrees, double t)
    {
        double Density(double x) => Math.Pow(1 + x * x / degrees, -(degrees + 1) / 2.0);
        // The density's factor comes from the integral over everything, with x = tan(u).
        var whole = Simpson(u => Density(Math.Tan(u)) * (1 + Math.Tan(u) * Math.Tan(u)), -Math.PI / 2 + 1e-9, Math.PI / 2 - 1e-9);
        Assert.Equal(0.5 + Simpson(Density, 0, t) / whole, new StudentT(degrees).Cumulative(t), 9);
    }

    [Fact]
    public void It_is_symmetric_and_grows() => Prop.ForAll<byte, short, short>((degrees, first, second) =>
    {
        var distribution = new StudentT(degrees + 1);
        var (low, high) = (Math.Min(first, second) / 1000.0, Math.Max(first, second) / 1000.0);
        Assert.Equal(1, distribution.Cumulative(low) + distribution.Cumulative(-low), 12);
        Assert.True(distribution.Cumulative(low) <= distribution.Cumulative(high));
        Assert.InRange(distribution.Cumulative(high), 0, 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Critical_values_have_their_chance() => Prop.ForAll<byte, ushort>((degrees, share) =>
    {
        var distribution = new StudentT(degrees + 1);
        var level = (share + 1) / 65537.0;
        Assert.Equal(1, distribution.TwoSided(distribution.Critical(level)) / level, 9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_value_has_no_distribution() => Assert.Throws<ArgumentOutOfRangeException>(() => new StudentT(0));

    private static void Close(double expected, double actual) => Assert.Equal(1, actual / expected, 9);

    private static double Simpson(Func<double, double> f, double from, double to, int parts = 200_000)
    {
        var step = (to - from) / parts;
        return step / 3 * Enumerable.Range(0, parts + 1).Sum(i => f(from + i * step) * (i == 0 || i == parts ? 1 : i % 2 == 1 ? 4 : 2));
    }
}
