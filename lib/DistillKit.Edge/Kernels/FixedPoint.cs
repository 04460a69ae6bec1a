namespace DistillKit.Edge.Kernels;

/// <summary>
/// A positive real factor as multiplier * 2^-shift, so that scaling an integer needs no floating point: Jacob et al., "Quantization and Training
/// of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018, section 2.2. The multiplier lies in [2^30, 2^31) and the shift in
/// [1, 62]; only factors below 2^-32 have a smaller multiplier.
/// </summary>
internal readonly record struct FixedPoint(int Multiplier, int Shift)
{
    /// <summary>The nearest fixed-point number; a factor above the range (2^30) becomes its upper end.</summary>
    public static FixedPoint Of(double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        var shift = Math.Clamp(30 - (double.IsFinite(factor) ? Math.ILogB(factor) : 1024), 1, 62);
        var multiplier = Math.Round(Math.ScaleB(factor, shift));
        if (multiplier < 1L << 31) return new((int)multiplier, shift);
        return shift > 1 ? new(1 << 30, shift - 1) : new(int.MaxValue, 1);
    }

    /// <summary>The product, rounded to the nearest integer (halves upwards).</summary>
    public long Scale(int value) => ((long)value * Multiplier + (1L << (Shift - 1))) >> Shift;

    /// <summary>The product as a quantized value: clamp(zeroPoint + round(value * factor)).</summary>
    public byte Scale(int value, byte zeroPoint, byte minimum, byte maximum) => (byte)Math.Clamp(zeroPoint + Scale(value), minimum, maximum);
}
