using System.Numerics;

namespace DistillKit.Graphs;

/// <summary>The map between integers and the real numbers that they stand for: <c>real = scale * (integer - zero point)</c>, with one scale
/// and zero point, or one for each output channel (axis 0). Zero is an integer's value, so that padding and ReLU are exact.</summary>
/// <param name="Scheme">Which integers they are; its granularity does not count.</param>
/// <param name="Scales">The real size of a step: one number, or one for each output channel. Positive and finite.</param>
/// <param name="ZeroPoints">The integers that stand for 0, as many as there are scales.</param>
public sealed record QuantizationParameters(QuantizationScheme Scheme, float[] Scales, int[] ZeroPoints)
{
    /// <summary>The smallest scale, float's epsilon as in PyTorch: below it, products of scales would come close to underflow.</summary>
    public const float SmallestScale = 1.1920929e-7f;

    /// <summary>The smallest integer.</summary>
    public int Minimum => Scheme.Minimum;

    /// <summary>The largest integer.</summary>
    public int Maximum => Scheme.Maximum;

    /// <summary>The number of scales: 1, or that of the output channels.</summary>
    public int Channels => Scales.Length;

    /// <summary>The parameters whose integers cover a range of real numbers; the range is widened to include 0.</summary>
    /// <exception cref="UserException">A bound is not a finite number.</exception>
    public static QuantizationParameters FromRange(float minimum, float maximum, QuantizationScheme scheme) =>
        FromRange([minimum], [maximum], scheme);

    /// <summary>One scale and zero point for each pair of bounds. A channel of zeros alone gets the largest scale of the others: its bias
    /// is quantized with that scale, so it has to be of a usual size.</summary>
    /// <exception cref="UserException">A bound is not a finite number.</exception>
    public static QuantizationParameters FromRange(ReadOnlySpan<float> minimums, ReadOnlySpan<float> maximums, QuantizationScheme scheme)
    {
        scheme.Validate();
        if (minimums.Length != maximums.Length || minimums.IsEmpty)
            throw new ArgumentException("There must be as many minimums as maximums, at least one.");
        var (scales, zeroPoints) = (new float[minimums.Length], new int[minimums.Length]);
        for (var channel = 0; channel < scales.Length; channel++)
            (scales[channel], zeroPoints[channel]) = FromBounds(minimums[channel], maximums[channel], scheme);

        var usual = scales.Max() is > 0 and var largest ? largest : 1f / scheme.Maximum;
        foreach (ref var scale in scales.AsSpan()) scale = Math.Max(scale == 0 ? usual : scale, SmallestScale);
        return new(scheme, scales, zeroPoints);
    }

    /// <summary>The parameters that cover all of a weight, as a whole or for each output channel.</summary>
    /// <exception cref="UserException">A weight is not a finite number.</exception>
    public static QuantizationParameters ForWeight(Constant weight, QuantizationScheme scheme)
    {
        var channels = scheme.Granularity == Granularity.PerChannel ? weight.Channels : 1;
        var (minimums, maximums) = (new float[channels], new float[channels]);
        var each = weight.Values.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            // NaN stays in both, and is refused.
            foreach (var value in weight.Values.AsSpan(channel * each, each))
                (minimums[channel], maximums[channel]) = (Math.Min(minimums[channel], value), Math.Max(maximums[channel], value));
        }
        return FromRange(minimums, maximums, scheme);
    }

    /// <summary><c>clamp(round(value / scale) + zero point)</c>, rounding halves to even as ONNX's QuantizeLinear does.</summary>
    /// <typeparam name="T">An integer type that holds <see cref="Minimum"/> to <see cref="Maximum"/>.</typeparam>
    /// <param name="values">With several scales, equally many values for each output channel, one channel after the other.</param>
    /// <exception cref="OverflowException">The type does not hold the integers.</exception>
    public void Quantize<T>(ReadOnlySpan<float> values, Span<T> integers) where T : unmanaged, IBinaryInteger<T>
    {
        var (minimum, maximum) = (Minimum, Maximum);
        (_, _) = (T.CreateChecked(minimum), T.CreateChecked(maximum));
        var each = ValuesOfChannel(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var steps = MathF.Round(values[i] / Scales[i / each]) + ZeroPoints[i / each];
            integers[i] = T.CreateTruncating((int)Math.Clamp(steps, minimum, maximum));
        }
    }

    /// <summary><c>(integer - zero point) * scale</c>.</summary>
    /// <inheritdoc cref="Quantize{T}"/>
    public void Dequantize<T>(ReadOnlySpan<T> integers, Span<float> values) where T : unmanaged, IBinaryInteger<T>
    {
        var each = ValuesOfChannel(integers.Length);
        for (var i = 0; i < integers.Length; i++)
            values[i] = (int.CreateTruncating(integers[i]) - ZeroPoints[i / each]) * Scales[i / each];
    }

    /// <summary>The values as the integers represent them: quantized and dequantized.</summary>
    public float[] RoundTrip(ReadOnlySpan<float> values)
    {
        var integers = new int[values.Length];
        var result = new float[values.Length];
        Quantize<int>(values, integers);
        Dequantize<int>(integers, result);
        return result;
    }

    /// <summary>The bytes of that many integers, packed without gaps, with their scales (4 bytes) and zero points (1 byte).</summary>
    public long PackedBytes(long count) => (count * Scheme.Bits + 7) / 8 + (sizeof(float) + sizeof(byte)) * (long)Channels;

    /// <inheritdoc/>
    public bool Equals(QuantizationParameters? other) =>
        other is not null && Scheme == other.Scheme with { Granularity = Scheme.Granularity }
        && Scales.SequenceEqual(other.Scales) && ZeroPoints.SequenceEqual(other.ZeroPoints);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scheme.Bits, Channels, Scales[0], ZeroPoints[0]);

    /// <summary>A scale of 0 says that the range is empty.</summary>
    private static (float Scale, int ZeroPoint) FromBounds(float minimum, float maximum, QuantizationScheme scheme)
    {
        // In float32 and in this order, so that PyTorch's observers give the same numbers.
        var (low, high) = (Math.Min(minimum, 0), Math.Max(maximum, 0));
        var scale = scheme.IsSymmetric ? Math.Max(-low, high) / scheme.Maximum : (high - low) / (scheme.Maximum - scheme.Minimum);
        if (!float.IsFinite(scale) || minimum > maximum)
        {
            throw new UserException(FormattableString.Invariant(
                $"A tensor with values from {minimum} to {maximum} cannot be quantized: check that the network's numbers are finite."));
        }
        if (scheme.IsSymmetric) return (scale, 0);
        var zeroPoint = scheme.Minimum - MathF.Round(low / Math.Max(scale, SmallestScale));
        return (scale, (int)Math.Clamp(zeroPoint, scheme.Minimum, scheme.Maximum));
    }

    private int ValuesOfChannel(int count) => count % Channels == 0 ? count / Channels
        : throw new ArgumentException($"{count} values are not equally many for each of {Channels} channels.");
}
