namespace DistillKit.Graphs;

/// <summary>Finds the shape of every result without running anything.</summary>
internal static class ShapeInference
{
    /// <exception cref="ArgumentException">An input does not fit its node.</exception>
    public static Dictionary<string, IReadOnlyList<int>> Infer(IEnumerable<Node> nodes)
    {
        var shapes = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var node in nodes) shapes[node.Name] = Shape(node, [.. node.Inputs.Select(name => shapes[name])]);
        return shapes;
    }

    private static IReadOnlyList<int> Shape(Node node, IReadOnlyList<int>[] inputs)
    {
        switch (node)
        {
            case InputNode images:
                return [images.Channels, images.Size, images.Size];
            case ConvNode layer:
                var outputs = layer.Weight.Channels;
                Require(node, inputs[0] is [var channels, _, _] && channels == layer.Weight.Shape[1] * layer.Groups
                    && outputs % layer.Groups == 0, inputs[0]);
                RequireChannels(node, outputs, layer.Bias);
                return Windows(node, outputs, inputs[0], layer.Kernel, layer.Stride, layer.Padding);
            case GemmNode layer:
                Require(node, inputs[0] is [var features] && features == layer.Weight.Shape[1], inputs[0]);
                RequireChannels(node, layer.Weight.Channels, layer.Bias);
                return [layer.Weight.Channels];
            case BatchNormalizationNode norm:
                RequireChannels(node, inputs[0][0], norm.Scale, norm.Shift, norm.Mean, norm.Variance);
                return inputs[0];
            case AddNode:
                Require(node, inputs[0].SequenceEqual(inputs[1]), inputs[1]);
                return inputs[0];
            case MaxPoolNode pool:
                Require(node, inputs[0].Count == 3, inputs[0]);
                return Windows(node, inputs[0][0], inputs[0], pool.Kernel, pool.Stride, pool.Padding);
            case GlobalAveragePoolNode:
                Require(node, inputs[0].Count == 3, inputs[0]);
                return [inputs[0][0]];
            case ActivationNode or QuantizeNode:
                return inputs[0];
            default:
                throw new NotSupportedException($"'{node.Name}' has no known shape: it is a {node.GetType().Name}.");
        }
    }

    private static int[] Windows(Node node, int channels, IReadOnlyList<int> input, int kernel, int stride, int padding)
    {
        return [channels, Count(input[1]), Count(input[2])];

        int Count(int size) => size + 2 * padding >= kernel ? (size + 2 * padding - kernel) / stride + 1
            : throw new ArgumentException($"'{node.Name}' has a window of {kernel} pixels, more than its input of {size}.");
    }

    private static void Require(Node node, bool fits, IReadOnlyList<int> shape)
    {
        if (!fits) throw new ArgumentException($"'{node.Name}' cannot take an input of shape [{string.Join(", ", shape)}].");
    }

    private static void RequireChannels(Node node, int channels, params ReadOnlySpan<Constant?> constants)
    {
        foreach (var constant in constants)
        {
            if (constant is not null && constant.Values.Length != channels)
                throw new ArgumentException($"'{node.Name}' has {constant.Values.Length} numbers for {channels} channels.");
        }
    }
}
