using DistillKit.Graphs;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Tests.Graphs;

public sealed class QuantizationParametersTests
{
    private static readonly QuantizationScheme Symmetric = new(8, IsSigned: true, IsSymmetric: true);

    [Fact]
    public void A_round_trip_inside_of_the_range_errs_by_half_a_step_at_most() => Prop.ForAll<Case>(item =>
    {
        var (parameters, low, high) = item.Range();
        var value = (float)(low + (high - low) * Math.Abs(Math.Sin(item.First.Get)));
        var (scale, zeroPoint) = (parameters.Scales[0], parameters.ZeroPoints[0]);
        // The zero point is rounded, so that the integers can end half a step inside of the range.
        var isCovered = value >= scale * (parameters.Minimum - zeroPoint) && value <= scale * (parameters.Maximum - zeroPoint);
        Assert.InRange(Math.Abs(RoundTrip(parameters, value) - value), 0, scale * (isCovered ? 0.5001 : 1.0001));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantization_is_monotone_and_idempotent_and_keeps_zero() => Prop.ForAll<Case>(item =>
    {
        var parameters = item.Range().Parameters;
        var (small, large) = ((float)Math.Min(item.First.Get, item.Second.Get), (float)Math.Max(item.First.Get, item.Second.Get));
        Assert.True(RoundTrip(parameters, small) <= RoundTrip(parameters, large));
        Assert.Equal(RoundTrip(parameters, small), RoundTrip(parameters, RoundTrip(parameters, small)));
        Assert.Equal(0, RoundTrip(parameters, 0));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Channels_are_quantized_as_tensors_of_their_own() => Prop.ForAll<Case>(item =>
    {
        float[] numbers = [(float)item.First.Get, (float)item.Second.Get, 1, -2, 0.5f], maximums = [1, 20, 300];
        var result = QuantizationParameters.FromRange([-1, -2, -3], maximums, item.Scheme).RoundTrip([.. numbers, .. numbers, .. numbers]);
        for (var channel = 0; channel < 3; channel++)
        {
            var own = QuantizationParameters.FromRange(-1 - channel, maximums[channel], item.Scheme);
            Assert.Equal(own.RoundTrip(numbers), result[(channel * numbers.Length)..((channel + 1) * numbers.Length)]);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Halves_round_to_even_and_what_is_outside_saturates()
    {
        var parameters = new QuantizationParameters(Symmetric, [0.5f], [0]);
        var integers = new sbyte[7];
        parameters.Quantize<sbyte>([0.25f, 0.75f, -0.25f, -0.75f, 100, -100, float.PositiveInfinity], integers);
        Assert.Equal<sbyte>([0, 2, 0, -2, 127, -127, 127], integers);
    }

    [Fact]
    public void An_integer_type_that_is_too_small_is_refused()
    {
        var parameters = QuantizationParameters.FromRange(-1, 1, QuantizationScheme.Activations);
        Assert.Throws<OverflowException>(() => parameters.Quantize<sbyte>([1], new sbyte[1]));
        Assert.Throws<ArgumentException>(() => (parameters with { Scales = [1, 1], ZeroPoints = [0, 0] }).RoundTrip([1, 2, 3]));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(-3, -3)]
    [InlineData(0, 1e-40f)]
    [InlineData(-1e38f, 1e38f)]
    [InlineData(1, 2)]
    public void Degenerate_ranges_have_a_positive_scale_and_cover_the_range(float minimum, float maximum)
    {
        foreach (var scheme in new[] { QuantizationScheme.Activations, Symmetric, new(4, IsSigned: true) })
        {
            var parameters = QuantizationParameters.FromRange(minimum, maximum, scheme);
            Assert.True(parameters.Scales[0] >= QuantizationParameters.SmallestScale && float.IsFinite(parameters.Scales[0]));
            Assert.InRange(parameters.ZeroPoints[0], parameters.Minimum, parameters.Maximum);
            Assert.InRange(Math.Abs(RoundTrip(parameters, maximum) - maximum), 0, parameters.Scales[0] * 1.0001);
        }
    }

    [Theory]
    [InlineData(float.NaN, 1)]
    [InlineData(0, float.NaN)]
    [InlineData(0, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MinValue, float.MaxValue)]
    [InlineData(2, 1)]
    public void Ranges_that_are_not_finite_are_refused(float minimum, float maximum) =>
        Assert.Contains(
            "cannot be quantized",
            Assert.Throws<UserException>(() => QuantizationParameters.FromRange(minimum, maximum, QuantizationScheme.Activations)).Message);

    [Fact]
    public void A_channel_of_zeros_takes_the_largest_scale()
    {
        var parameters = QuantizationParameters.FromRange([0, -1, 0], [0, 1, 3], Symmetric);
        Assert.Equal([3f / 127, 1f / 127, 3f / 127], parameters.Scales);
    }

    [Fact]
    public void Packed_values_take_their_bits_and_each_channel_a_scale_and_a_zero_point()
    {
        var parameters = QuantizationParameters.FromRange([-1, -1], [1, 1], Symmetric with { Bits = 3 });
        Assert.Equal(4 + 2 * 5, parameters.PackedBytes(10));
    }

    [Theory]
    [InlineData(1, true, true, "bits")]
    [InlineData(9, true, true, "bits")]
    [InlineData(8, false, true, "signed")]
    public void Schemes_that_do_not_exist_are_refused(int bits, bool isSigned, bool isSymmetric, string name) =>
        Assert.Contains(name, Assert.Throws<UserException>(() => new QuantizationScheme(bits, isSigned, isSymmetric).Validate()).Message);

    [Theory]
    [InlineData(8, true, true, -127, 127)]
    [InlineData(8, true, false, -128, 127)]
    [InlineData(8, false, false, 0, 255)]
    [InlineData(2, true, true, -1, 1)]
    [InlineData(3, false, false, 0, 7)]
    public void Schemes_have_the_integers_of_their_bits(int bits, bool isSigned, bool isSymmetric, int minimum, int maximum)
    {
        var scheme = new QuantizationScheme(bits, isSigned, isSymmetric);
        Assert.Equal((minimum, maximum), (scheme.Minimum, scheme.Maximum));
    }

    private static float RoundTrip(QuantizationParameters parameters, float value) => parameters.RoundTrip([value])[0];

    public sealed record Case(NormalFloat One, NormalFloat Other, NormalFloat First, NormalFloat Second, byte Bits, byte Choice)
    {
        public QuantizationScheme Scheme => new(2 + Bits % 7, IsSigned: Choice % 3 > 0, IsSymmetric: Choice % 3 > 1);

        public (QuantizationParameters Parameters, float Low, float High) Range()
        {
            var (low, high) = ((float)Math.Min(One.Get, Other.Get), (float)Math.Max(One.Get, Other.Get));
            return (QuantizationParameters.FromRange(low, high, Scheme), Math.Min(low, 0), Math.Max(high, 0));
        }
    }
}
