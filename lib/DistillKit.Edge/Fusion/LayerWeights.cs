namespace DistillKit.Edge.Fusion;

/// <summary>
/// The weights of a convolution or linear layer, ordered [output, input of the group, row, column]: s8 with a scale for each output, or
/// float. They stay slices of the file where they can.
/// </summary>
internal sealed class LayerWeights(ReadOnlyMemory<byte> data, float[]? scales = null)
{
    /// <summary>The scale of each output's integers; null where the weights are float.</summary>
    public float[]? Scales => scales;

    public ReadOnlySpan<sbyte> Integers => MemoryMarshal.Cast<byte, sbyte>(data.Span);

    /// <summary>The real values, for a layer that runs in float.</summary>
    public ReadOnlySpan<float> Floats => scales is null ? MemoryMarshal.Cast<byte, float>(data.Span) : Dequantized(scales);

    /// <summary>The sum of the magnitudes of each output's integers: what bounds its accumulator.</summary>
    public long[] Magnitudes()
    {
        var integers = Integers;
        var sums = new long[Scales!.Length];
        var depth = integers.Length / sums.Length;
        for (var i = 0; i < integers.Length; i++)
            sums[i / depth] += Math.Abs((int)integers[i]);
        return sums;
    }

    private float[] Dequantized(float[] scales)
    {
        var integers = Integers;
        var floats = new float[integers.Length];
        var depth = integers.Length / scales.Length;
        for (var i = 0; i < floats.Length; i++)
            floats[i] = integers[i] * scales[i / depth];
        return floats;
    }
}
