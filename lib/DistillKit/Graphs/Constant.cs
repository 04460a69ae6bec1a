namespace DistillKit.Graphs;

/// <summary>Weights as plain numbers, in row-major order. A graph owns no tensors, so it can be kept, compared and rewritten freely; treat
/// the numbers as immutable.</summary>
public sealed class Constant
{
    /// <summary>Wraps numbers.</summary>
    /// <exception cref="ArgumentException">Their count is not the product of the shape.</exception>
    public Constant(float[] values, params int[] shape)
    {
        if (shape.Any(size => size < 0) || values.LongLength != shape.Aggregate(1L, (product, size) => checked(product * size)))
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", shape)}].");
        (Values, Shape) = (values, shape);
    }

    /// <summary>The numbers.</summary>
    public float[] Values { get; }

    /// <summary>The size of each dimension.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The size of the first dimension: the output channels of a weight.</summary>
    public int Channels => Shape[0];

    /// <summary>Copies a tensor's numbers.</summary>
    public static Constant Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return new(values.data<float>().ToArray(), [.. tensor.shape.Select(size => (int)size)]);
    }

    /// <summary>The numbers of one output channel.</summary>
    public Span<float> Channel(int channel) => Values.AsSpan(channel * (Values.Length / Channels), Values.Length / Channels);

    /// <summary>A float32 tensor with the same numbers, on the CPU; it belongs to the caller's dispose scope.</summary>
    public Tensor ToTensor() => tensor(Values, [.. Shape.Select(size => (long)size)]);

    /// <summary>A copy with each output channel multiplied by its factor.</summary>
    public Constant ScaleChannels(ReadOnlySpan<float> factors)
    {
        var scaled = Clone();
        for (var channel = 0; channel < Channels; channel++)
        {
            foreach (ref var value in scaled.Channel(channel)) value *= factors[channel];
        }
        return scaled;
    }

    internal Constant Clone() => new([.. Values], [.. Shape]);
}
