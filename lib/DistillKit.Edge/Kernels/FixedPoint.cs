namespace DistillKit.Edge.Kernels;

/// <summary>A positive factor as multiplier * 2^-shift (Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference", 2018, section 2.2). Factors below 1/4 share the shift 33: half of such a product is the upper half
/// of a 64-bit one, which costs vector units no shift. Greater ones have a smaller shift, and a multiplier in [2^30, 2^31).</summary>
internal readonly record struct FixedPoint(int Multiplier, int Shift)
{
    /// <summary>The shift of all factors below 1/4.</summary>
    public const int UsualShift = 33;

    /// <summary>The shift of the greatest factor, 2^10: any value but 0 then leaves 8 bits.</summary>
    public const int LeastShift = 21;

    /// <summary>The fixed-point number nearest to a positive factor; one above the range becomes its upper end.</summary>
    public static FixedPoint Of(double factor)
    {
        factor = Math.Min(factor, 1 << (31 - LeastShift));
        var shift = Math.Clamp(30 - Math.ILogB(factor), LeastShift, UsualShift);
        var multiplier = Math.Round(Math.ScaleB(factor, shift));
        if (multiplier < 1L << 31) return new((int)multiplier, shift);
        return shift > LeastShift ? new(1 << 30, shift - 1) : new(int.MaxValue, shift);
    }

    /// <summary>The product, rounded to the nearest integer (halves upwards).</summary>
    public long Scale(int value) => ((long)value * Multiplier + (1L << (Shift - 1))) >> Shift;

    /// <summary>The same, but halves to even: where the factor is a power of two, halves are frequent.</summary>
    public long ScaleToEven(int value)
    {
        var product = (long)value * Multiplier;
        var isHalf = (product & ((1L << Shift) - 1)) == 1L << (Shift - 1);
        return isHalf ? Scale(value) & ~1L : Scale(value);
    }

    /// <summary>The product as a quantized value: clip(zeroPoint + round(value * factor)).</summary>
    public byte Scale(int value, byte zeroPoint, byte minimum, byte maximum) =>
        (byte)Math.Clamp(zeroPoint + Scale(value), minimum, maximum);
}
