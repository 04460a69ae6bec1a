using DistillKit.Runs.Experiments.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Runs.Tests.Experiments.Statistics;

public sealed class SampleTests
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
        Assert.Equal(expected, Sample.Critical(level, degrees), 4);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(400)]
    public void One_and_two_degrees_have_closed_forms(double t)
    {
        Assert.Equal(1, Sample.TwoSided(t, 1) / (1 - 2 / Math.PI * Math.Atan(t)), 9);
        Assert.Equal(1, Sample.TwoSided(t, 2) / (1 - t / Math.Sqrt(t * t + 2)), 9);
    }

    [Fact]
    public void Critical_values_have_their_chance() => Prop.ForAll<byte, ushort>((degrees, share) =>
    {
        var level = (share + 1) / 65537.0;
        Assert.Equal(1, Sample.TwoSided(Sample.Critical(level, degrees + 1), degrees + 1) / level, 9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Values_without_spread_have_neither_a_chance_nor_an_interval()
    {
        foreach (var values in (double[][])[[1], [0.1, 0.1, 0.1]])
        {
            var sample = new Sample(values);
            Assert.Equal((null, null), (sample.P, sample.Interval(0.05)));
        }
    }
}
