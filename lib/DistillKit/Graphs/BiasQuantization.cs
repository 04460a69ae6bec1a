namespace DistillKit.Graphs;

/// <summary>Biases as int32 with the scale <c>input scale * weight scale</c> of the products that they are added to (Jacob et al. 2018,
/// arXiv:1712.05877): integer kernels start their accumulators with them.</summary>
public static class BiasQuantization
{
    // Half of int32's range is left to the sum of products.
    private const double Largest = 1 << 30;

    /// <summary>The weights' parameters, with larger scales where a channel's bias would not fit: a channel whose weights are all close to
    /// 0, as folding a batch norm can leave it, loses them to its bias.</summary>
    public static QuantizationParameters MakeRoom(QuantizationParameters weights, ReadOnlySpan<float> bias, float inputScale)
    {
        var scales = weights.Scales.ToArray();
        for (var channel = 0; channel < bias.Length; channel++)
        {
            ref var scale = ref scales[weights.Channels == 1 ? 0 : channel];
            scale = Math.Max(scale, MathF.BitIncrement((float)(Math.Abs(bias[channel]) / (Largest * inputScale))));
        }
        return weights with { Scales = scales };
    }

    /// <summary>The integers, one for each output channel.</summary>
    /// <exception cref="UserException">A bias is not finite, or does not fit into its integer.</exception>
    public static int[] Quantize(ReadOnlySpan<float> bias, float inputScale, ReadOnlySpan<float> weightScales)
    {
        var integers = new int[bias.Length];
        for (var channel = 0; channel < integers.Length; channel++)
        {
            // One product in float32: the scale that a file states and a runtime uses.
            var scale = inputScale * weightScales[weightScales.Length == 1 ? 0 : channel];
            var steps = Math.Round((double)bias[channel] / scale);
            // A comparison that NaN fails.
            if (!(Math.Abs(steps) <= Largest))
            {
                throw new UserException(FormattableString.Invariant(
                    $"The bias {bias[channel]} of channel {channel} does not fit 32 bits in steps of {scale}: ")
                    + "quantize this layer's weights with a larger scale, or keep the layer in float.");
            }
            integers[channel] = (int)steps;
        }
        return integers;
    }
}
