namespace DistillKit.Graphs;

/// <summary>Finds the shape of every result without running anything.</summary>
internal static class ShapeInference
{
    /// <exception cref="ArgumentException">A node cannot take what it is given.</exception>
    public static Dictionary<string, IReadOnlyList<int>> Infer(Graph graph)
    {
        var shapes = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var node in graph.Nodes) shapes[node.Name] = Shape(node, [.. node.Inputs.Select(name => shapes[name])]);
        return shapes;
    }

    private static IReadOnlyList<int> Shape(Node node, IReadOnlyList<int>[] inputs)
    {
        switch (node)
        {
            case InputNode images:
                return [images.Channels, images.Size, images.Size];
            case ConvolutionNode layer:
                Require(node, inputs[0] is [var channels, _, _] && channels == layer.Weight.Shape[1] * layer.Groups && layer.Weight.Channels % layer.Groups == 0, inputs[0]);
                RequireChannels(node, layer.Weight.Channels, layer.Bias);
                return [layer.Weight.Channels, Windows(node, inputs[0][1], layer.Kernel, layer.Stride, layer.Padding), Windows(node, inputs[0][2], layer.Kernel, layer.Stride, layer.Padding)];
            case LinearNode layer:
                Require(node, inputs[0] is [var features] && features == layer.Weight.Shape[1], inputs[0]);
                RequireChannels(node, layer.Weight.Channels, layer.Bias);
                return [layer.Weight.Channels];
            case BatchNormNode norm:
                RequireChannels(node, inputs[0][0], norm.Scale, norm.Shift, norm.Mean, norm.Variance);
                return inputs[0];
            case AddNode:
                Require(node, inputs[0].SequenceEqual(inputs[1]), inputs[1]);
                return inputs[0];
            case MaxPoolNode pool:
                Require(node, inputs[0].Count == 3, inputs[0]);
                return [inputs[0][0], Windows(node, inputs[0][1], pool.Kernel, pool.Stride, pool.Padding), Windows(node, inputs[0][2], pool.Kernel, pool.Stride, pool.Padding)];
            case GlobalAveragePoolNode:
                Require(node, inputs[0].Count == 3, inputs[0]);
                return [inputs[0][0]];
            default:
                return inputs[0];
        }
    }

    private static int Windows(Node node, int size, int kernel, int stride, int padding)
    {
        if (size + 2 * padding < kernel) throw new ArgumentException($"'{node.Name}' has a window of {kernel} pixels, more than its input of {size}.");
        return (size + 2 * padding - kernel) / stride + 1;
    }

    private static void Require(Node node, bool fits, IReadOnlyList<int> shape)
    {
        if (!fits) throw new ArgumentException($"'{node.Name}' cannot take an input of shape [{string.Join(", ", shape)}].");
    }

    private static void RequireChannels(Node node, int channels, params ReadOnlySpan<Constant?> constants)
    {
        foreach (var constant in constants)
        {
            if (constant is not null && constant.Values.Length != channels) throw new ArgumentException($"'{node.Name}' has {constant.Values.Length} numbers for {channels} channels.");
        }
    }
}
