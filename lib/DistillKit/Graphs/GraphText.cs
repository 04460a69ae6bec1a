namespace DistillKit.Graphs;

/// <summary>A graph for people: as text, a line for each node, and as a drawing.</summary>
public static class GraphText
{
    /// <summary>A table: name, operation, inputs, shape, multiply-accumulates of an image, quantization.</summary>
    public static string ToText(this Graph graph)
    {
        var rows = graph.Nodes.Select(node => new[]
        {
            node.Name, Operation(node), string.Join(", ", node.Inputs), string.Join('x', graph.Shapes[node.Name]),
            node is WeightedNode layer ? graph.MultiplyAccumulatesOf(layer).ToString("n0", CultureInfo.InvariantCulture) : "",
            Quantization(node),
        }).Prepend(["name", "operation", "takes", "shape", "MACs", "integers"]).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows) text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return text.ToString();
    }

    /// <summary>A flow chart in Mermaid's language, which code hosts and notebooks draw; the quantize nodes have round ends.</summary>
    public static string ToMermaid(this Graph graph)
    {
        var text = new StringBuilder("flowchart TD\n");
        var index = graph.Nodes.Index().ToDictionary(entry => entry.Item.Name, entry => entry.Index);
        foreach (var node in graph.Nodes)
        {
            var label = $"{Operation(node)}<br/>{string.Join('x', graph.Shapes[node.Name])}";
            if (Quantization(node) is { Length: > 0 } integers) label += $"<br/>{integers}";
            var shape = node is QuantizeNode ? $"([\"{label}\"])" : $"[\"{node.Name}<br/>{label}\"]";
            text.Append($"  n{index[node.Name]}{shape}\n");
            foreach (var input in node.Inputs) text.Append($"  n{index[input]} --> n{index[node.Name]}\n");
        }
        return text.ToString();
    }

    private static string Operation(Node node) => node switch
    {
        InputNode => "images",
        ConvNode { IsDepthwise: true } layer => $"depthwise {Window(layer.Kernel, layer.Stride)}",
        ConvNode layer => $"convolution {Window(layer.Kernel, layer.Stride)}{(layer.Groups > 1 ? $", {layer.Groups} groups" : "")}",
        GemmNode => "linear",
        BatchNormalizationNode => "batch norm",
        ActivationNode activation => activation.Activation.ToString(),
        AddNode => "add",
        MaxPoolNode pool => $"max pool {Window(pool.Kernel, pool.Stride)}",
        GlobalAveragePoolNode => "mean",
        QuantizeNode { Parameters: null } => "quantize by its range",
        QuantizeNode => "quantize",
        _ => throw new NotSupportedException($"'{node.Name}' has no text: it is a {node.GetType().Name}."),
    };

    private static string Window(int kernel, int stride) => $"{kernel}x{kernel}{(stride == 1 ? "" : $", stride {stride}")}";

    private static string Quantization(Node node)
    {
        if (node is WeightedNode { WeightQuantization: { } weights })
            return $"weight {Type(weights)}{(weights.Channels > 1 ? " per channel" : "")}";
        if (node is not QuantizeNode { Parameters: { } results }) return "";
        return FormattableString.Invariant($"{Type(results)}, scale {results.Scales[0]:g3}, zero point {results.ZeroPoints[0]}");
    }

    private static string Type(QuantizationParameters parameters) => $"{(parameters.Scheme.IsSigned ? "s" : "u")}{parameters.Scheme.Bits}";
}
