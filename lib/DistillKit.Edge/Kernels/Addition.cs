namespace DistillKit.Edge.Kernels;

/// <summary>
/// The sum of two quantized tensors in 32-bit fixed point:
/// clamp(ZeroPoint + (((a - FirstZeroPoint) * FirstMultiplier + (b - SecondZeroPoint) * SecondMultiplier + 2^(Shift-1)) >> Shift), Minimum, Maximum).
/// </summary>
internal sealed record Addition(
    int FirstMultiplier, int SecondMultiplier, int Shift, byte FirstZeroPoint, byte SecondZeroPoint, byte ZeroPoint, byte Minimum, byte Maximum)
{
    /// <summary>Multipliers stay below 2^21: then no sum leaves 32 bits, and a factor is still right to one part in a million.</summary>
    private const int MultiplierBits = 21;

    /// <summary>From the ratios of each input's scale to the output's.</summary>
    public static Addition Of(double firstFactor, byte firstZeroPoint, double secondFactor, byte secondZeroPoint, byte zeroPoint, byte minimum, byte maximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(firstFactor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(secondFactor);
        const double Largest = (1 << MultiplierBits) - 1;
        var greater = Math.Min(Math.Max(firstFactor, secondFactor), Largest / 2);
        var shift = Math.Clamp(MultiplierBits - 1 - Math.ILogB(greater), 1, 30);
        int Multiplier(double factor) => (int)Math.Min(Math.Round(Math.ScaleB(Math.Min(factor, Largest), shift)), Largest);
        return new(Multiplier(firstFactor), Multiplier(secondFactor), shift, firstZeroPoint, secondZeroPoint, zeroPoint, minimum, maximum);
    }

    public byte Apply(byte first, byte second)
    {
        var sum = (first - FirstZeroPoint) * FirstMultiplier + (second - SecondZeroPoint) * SecondMultiplier;
        return (byte)Math.Clamp(ZeroPoint + ((sum + (1 << (Shift - 1))) >> Shift), Minimum, Maximum);
    }
}
