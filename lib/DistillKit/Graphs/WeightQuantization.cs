namespace DistillKit.Graphs;

/// <summary>Scales for weights.</summary>
public static class WeightQuantization
{
    /// <summary>The parameters that cover all of a weight, as a whole or for each output channel.</summary>
    /// <exception cref="UserException">A weight is not a finite number.</exception>
    public static QuantizationParameters Of(Constant weight, QuantizationScheme scheme)
    {
        var channels = scheme.Granularity == Granularity.PerChannel ? weight.Channels : 1;
        var (minimums, maximums) = (new float[channels], new float[channels]);
        var each = weight.Values.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var values = weight.Values.AsSpan(channel * each, each);
            (minimums[channel], maximums[channel]) = (Smallest(values), Largest(values));
        }
        return QuantizationParameters.FromRange(minimums, maximums, scheme);
    }

    // Comparisons that a not-a-number wins, so that it is refused.
    private static float Smallest(ReadOnlySpan<float> values)
    {
        var smallest = values[0];
        foreach (var value in values) smallest = Math.Min(smallest, value);
        return smallest;
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values) largest = Math.Max(largest, value);
        return largest;
    }
}
