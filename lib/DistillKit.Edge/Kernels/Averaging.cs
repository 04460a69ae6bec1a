namespace DistillKit.Edge.Kernels;

/// <summary>
/// The mean over all pixels of a quantized image: clamp(ZeroPoint + round(factor * (sum - pixels * InputZeroPoint))), with factor = input scale / (output scale * pixels).
/// Halves go to even, as ONNX has it: with equal scales and 16 pixels every sixteenth sum is one.
/// </summary>
internal sealed record Averaging(FixedPoint Factor, byte InputZeroPoint, byte ZeroPoint, byte Minimum, byte Maximum)
{
    /// <summary>From the ratio of the input's scale to the output's.</summary>
    public static Averaging Of(double factor, int pixels, byte inputZeroPoint, byte zeroPoint, byte minimum = byte.MinValue, byte maximum = byte.MaxValue) =>
        new(FixedPoint.Of(factor / pixels), inputZeroPoint, zeroPoint, minimum, maximum);

    public byte Apply(int sum, int pixels) => (byte)Math.Clamp(ZeroPoint + Factor.ScaleToEven(sum - pixels * InputZeroPoint), Minimum, Maximum);
}
