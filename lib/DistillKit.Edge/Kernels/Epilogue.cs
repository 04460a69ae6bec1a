namespace DistillKit.Edge.Kernels;

/// <summary>What becomes of the 32-bit accumulators of an integer convolution.</summary>
internal abstract record Epilogue;

/// <summary>To u8, in integers: clip(ZeroPoint + round(accumulator * multiplier * 2^-shift), Minimum, Maximum), with a
/// <see cref="FixedPoint"/> for each output channel (shift 33, or from 21 on with a multiplier in [2^30, 2^31)). The activation function is
/// in the limits.</summary>
internal sealed record Requantize(FixedPoint[] Factors, byte ZeroPoint, byte Minimum, byte Maximum) : Epilogue
{
    public static Requantize Of(IEnumerable<double> factors, byte zeroPoint, byte minimum, byte maximum) =>
        new([.. factors.Select(FixedPoint.Of)], zeroPoint, minimum, maximum);
}

/// <summary>To float: clip(accumulator * factor + Biases[m], Minimum, Maximum), each operation rounded to float. For layers that quantize
/// their input at run time, and for layers whose output stays float.</summary>
internal sealed record Dequantize(float[] Scales, float[] Biases, float Minimum, float Maximum) : Epilogue
{
    /// <summary>The product of the scales of weights and input; never infinite, since 0 times that is no number.</summary>
    public float Factor(int output, QuantizationGrid input) => MathF.Min(Scales[output] * input.Scale, float.MaxValue);
}
