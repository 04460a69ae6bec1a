namespace DistillKit.Edge.Kernels;

/// <summary>The real numbers that u8 values stand for: scale * (value - zero point). Signed files are shifted by 128.</summary>
internal readonly record struct QuantizationGrid(float Scale, byte ZeroPoint)
{
    /// <summary>QuantizeLinear of ONNX, for the limits of activation functions.</summary>
    public byte Quantize(float value) => (byte)Math.Clamp(
        Math.Round(Math.Clamp((double)value / Scale, -512, 512), MidpointRounding.ToEven) + ZeroPoint, byte.MinValue, byte.MaxValue);

    /// <summary>Whether clipping real numbers of the grid at this limit is the same as clipping the u8 values.</summary>
    public bool HasLimit(float limit)
    {
        var steps = (double)limit / Scale + ZeroPoint;
        return steps <= byte.MinValue || steps >= byte.MaxValue || steps == Math.Round(steps);
    }
}
