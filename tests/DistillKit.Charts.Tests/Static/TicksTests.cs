using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Charts.Tests.Static;

public class TicksTests
{
    [Fact]
    public void Ticks_lie_between_the_bounds_in_equal_steps() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<(int Low, PositiveInt Width)>(),
        range =>
        {
            var (low, high) = (range.Low / 7.0, range.Low / 7.0 + range.Width.Get / 13.0);
            var ticks = Ticks.linear(low, high, 6).Select(tick => tick.Item1).ToArray();
            var slack = 1e-6 * (high - low);
            var steps = ticks.Zip(ticks.Skip(1), (one, next) => next - one).ToArray();
            var isInside = ticks.All(tick => tick >= low - slack && tick <= high + slack);
            return ticks.Length is >= 1 and <= 8 && isInside && steps.All(step => Math.Abs(step - steps[0]) < slack);
        }));

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-0.004, 0.004, "-0.004 -0.002 0.000 0.002 0.004")]
    [InlineData(0, 50000, "0 10k 20k 30k 40k 50k")]
    [InlineData(0, 9, "0 2 4 6 8")]
    public void Texts_have_the_digits_that_they_need(double low, double high, string expected) =>
        Assert.Equal(
            expected.Replace("0.000", "0").Replace("0.0 ", "0 "), string.Join(' ', Ticks.linear(low, high, 6).Select(tick => tick.Item2)));

    [Theory]
    [InlineData(-1, 2, "0.1 1 10 100")]
    [InlineData(0, 1, "1 2 5 10")]
    [InlineData(3, 5, "1000 10k 100k")]
    public void A_logarithmic_axis_has_powers_of_ten_and_more_where_there_is_room(double low, double high, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ticks.logarithmic(low, high, 4).Select(tick => tick.Item2)));
}
