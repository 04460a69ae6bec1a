namespace DistillKit.Edge.Kernels;

/// <summary>The real numbers that u8 values stand for: scale * (value - zero point). Signed files are shifted by 128.</summary>
internal readonly record struct QuantizationGrid(float Scale, byte ZeroPoint)
{
    /// <summary>QuantizeLinear of ONNX, for the limits of activation functions.</summary>
    public byte Quantize(float value) => (byte)Math.Clamp(
        Math.Round(Math.Clamp((double)value / Scale, -512, 512), MidpointRounding.ToEven) + ZeroPoint, byte.MinValue, byte.MaxValue);

    /// <summary>Whether clipping real numbers of the grid at these limits is the same as clipping the u8 values.</summary>
    public bool HasLimits(float minimum, float maximum)
    {
        var (least, greatest) = ((double)minimum / Scale + ZeroPoint, (double)maximum / Scale + ZeroPoint);
        return (least <= byte.MinValue || (least <= byte.MaxValue && least == Math.Round(least)))
            && (greatest >= byte.MaxValue || (greatest >= byte.MinValue && greatest == Math.Round(greatest)));
    }
}

/// <summary>The sum of two quantized tensors in 32-bit fixed point: clip(ZeroPoint + (((a - FirstZeroPoint) * FirstMultiplier + (b -
/// SecondZeroPoint) * SecondMultiplier + 2^(Shift-1)) >> Shift), Minimum, Maximum).</summary>
internal sealed record QuantizedAdd(
    int FirstMultiplier, int SecondMultiplier, int Shift, byte FirstZeroPoint, byte SecondZeroPoint, byte ZeroPoint,
    byte Minimum, byte Maximum)
{
    /// <summary>Multipliers stay below 2^21: then no sum leaves 32 bits, and a factor is still right to one part in a million.</summary>
    private const int MultiplierBits = 21;

    public static QuantizedAdd Of(QuantizationGrid first, QuantizationGrid second, QuantizationGrid sum, byte minimum, byte maximum)
    {
        const double Largest = (1 << MultiplierBits) - 1;
        var (firstFactor, secondFactor) = ((double)first.Scale / sum.Scale, (double)second.Scale / sum.Scale);
        var greater = Math.Min(Math.Max(firstFactor, secondFactor), Largest / 2);
        var shift = Math.Clamp(MultiplierBits - 1 - Math.ILogB(greater), 1, 30);
        int Multiplier(double factor) => (int)Math.Min(Math.Round(Math.ScaleB(Math.Min(factor, Largest), shift)), Largest);
        return new(
            Multiplier(firstFactor), Multiplier(secondFactor), shift, first.ZeroPoint, second.ZeroPoint, sum.ZeroPoint, minimum, maximum);
    }

    /// <summary>Whether the multipliers are right to a small part of a step: an input's step is within the sum's range.</summary>
    public static bool IsPrecise(QuantizationGrid first, QuantizationGrid second, QuantizationGrid sum) =>
        (double)Math.Max(first.Scale, second.Scale) / sum.Scale <= byte.MaxValue;

    public byte Apply(byte first, byte second)
    {
        var sum = (first - FirstZeroPoint) * FirstMultiplier + (second - SecondZeroPoint) * SecondMultiplier;
        return (byte)Math.Clamp(ZeroPoint + ((sum + (1 << (Shift - 1))) >> Shift), Minimum, Maximum);
    }
}

/// <summary>The mean over all pixels of a quantized image: clip(ZeroPoint + round(factor * (sum - pixels * InputZeroPoint))), with factor =
/// input scale / (output scale * pixels). Halves go to even, as ONNX has it: with equal scales and 16 pixels every sixteenth sum is
/// one.</summary>
internal sealed record QuantizedAverage(FixedPoint Factor, byte InputZeroPoint, byte ZeroPoint, byte Minimum, byte Maximum)
{
    public static QuantizedAverage Of(QuantizationGrid input, int pixels, QuantizationGrid output, byte minimum, byte maximum) =>
        new(FixedPoint.Of((double)input.Scale / output.Scale / pixels), input.ZeroPoint, output.ZeroPoint, minimum, maximum);

    public byte Apply(int sum, int pixels) =>
        (byte)Math.Clamp(ZeroPoint + Factor.ScaleToEven(sum - pixels * InputZeroPoint), Minimum, Maximum);
}
