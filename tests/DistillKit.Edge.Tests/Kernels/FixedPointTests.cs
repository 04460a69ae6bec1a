using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Tests.Kernels;

public sealed class FixedPointTests
{
    /// <summary>
    /// Against arithmetic in double precision, over all the factors that networks have, and accumulators that a result can come from.
    /// </summary>
    [Fact]
    public void Scaling_is_rounding_but_for_ties()
    {
        var random = new Random(5);
        for (var i = 0; i < 20000; i++)
        {
            var factor = Math.ScaleB(1 + random.NextDouble(), random.Next(-16, 8));
            var value = (int)((random.NextDouble() * 600 - 300) / factor);
            var exact = value * factor;
            if (Math.Abs(exact - Math.Floor(exact) - 0.5) < 0.01) continue;
            Assert.Equal(Math.Round(exact), FixedPoint.Of(factor).Scale(value));
        }
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(0.24999999999)]
    [InlineData(0.25)]
    [InlineData(0.9999999999999)]
    [InlineData(1)]
    [InlineData(1e30)]
    public void Multiplier_and_shift_stay_in_their_ranges(double factor)
    {
        var (multiplier, shift) = FixedPoint.Of(factor);
        Assert.True(multiplier >= 0 && shift is >= FixedPoint.LeastShift and <= FixedPoint.UsualShift);
        Assert.Equal(Math.Clamp(factor, 0, 1024), Math.ScaleB(multiplier, -shift), tolerance: Math.Max(factor, 1) * 1e-6);
    }

    [Fact]
    public void Additions_agree_with_real_arithmetic_within_a_rounding()
    {
        var add = QuantizedAdd.Of(new(0.7f, 10), new(1.9f, 200), new(1, 5), 0, 255);
        for (var a = 0; a < 256; a++)
            for (var b = 0; b < 256; b++)
                Assert.Equal(Math.Clamp(5 + (a - 10) * 0.7 + (b - 200) * 1.9, 0, 255), add.Apply((byte)a, (byte)b), tolerance: 0.501);
    }
}
