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
                Require(node, layer.Weight.Shape is [_, > 0 and var each, > 0 and var kernel, var width] && width == kernel
                    && layer.Groups > 0 && layer.Weight.Channels % layer.Groups == 0
                    && inputs[0] is [var channels, _, _] && channels == (long)each * layer.Groups, inputs[0]);
                RequireOutputs(layer);
                return Windows(node, layer.Weight.Channels, inputs[0], layer.Kernel, layer.Stride, layer.Padding);
            case GemmNode layer:
                Require(node, inputs[0] is [var features] && layer.Weight.Shape is [_, var taken] && taken == features, inputs[0]);
                RequireOutputs(layer);
                return [layer.Weight.Channels];
            case BatchNormalizationNode norm:
                RequireChannels(node, inputs[0][0], norm.Scale, norm.Shift, norm.Mean, norm.Variance);
                return inputs[0];
            case AddNode:
                Require(node, inputs[0].SequenceEqual(inputs[1]), inputs[1]);
                return inputs[0];
            case MaxPoolNode pool:
                Require(node, inputs[0] is [_, var height, _] && pool.Padding <= Math.Min(pool.Kernel / 2, height), inputs[0]);
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
        if (stride < 1 || padding < 0 || padding >= kernel)
            throw new ArgumentException($"'{node.Name}' has a window of {kernel} with stride {stride} and padding {padding}.");
        return [channels, Count(input[1]), Count(input[2])];

        int Count(int size) => checked(size + 2 * padding) is var padded && padded >= kernel ? (padded - kernel) / stride + 1
            : throw new ArgumentException($"'{node.Name}' has a window of {kernel} pixels, more than its input of {size}.");
    }

    private static void Require(Node node, bool fits, IReadOnlyList<int> shape)
    {
        if (!fits) throw new ArgumentException($"'{node.Name}' cannot take an input of shape [{string.Join(", ", shape)}].");
    }

    private static void RequireOutputs(WeightedNode layer)
    {
        var outputs = layer.Weight.Channels;
        RequireChannels(layer, outputs, layer.Bias);
        if (outputs == 0 || (layer.WeightQuantization is { Channels: var scales } && scales != 1 && scales != outputs))
            throw new ArgumentException($"'{layer.Name}' has no output channels, or other scales than one for each.");
    }

    private static void RequireChannels(Node node, int channels, params ReadOnlySpan<Constant?> constants)
    {
        foreach (var constant in constants)
        {
            if (constant is not null && (constant.Shape.Count != 1 || constant.Channels != channels))
                throw new ArgumentException($"'{node.Name}' has {constant.Values.Length} numbers for {channels} channels.");
        }
    }
}
