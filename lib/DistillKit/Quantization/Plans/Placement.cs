using DistillKit.Graphs;

namespace DistillKit.Quantization.Plans;

/// <summary>Finds the results to round: what a static layer takes, so that it can compute in integers, and what integer arithmetic makes,
/// so that it stays integers. The logits stay real numbers.</summary>
internal sealed class Placement
{
    private readonly HashSet<string> rounded = [];

    public Placement(Graph graph, QuantizationPlan plan)
    {
        foreach (var node in graph.Nodes.Where(node => !IsPartOfPrevious(graph, node)))
        {
            var end = EndOf(graph, node);
            var isTaken = graph.ConsumersOf(end.Name).OfType<WeightedNode>().Any(layer => plan.StrategyOf(layer) == LayerStrategy.Static);
            if (!isTaken && (!IsInteger(node, plan) || ReferenceEquals(end, graph.Output))) continue;
            rounded.Add(end.Name);
            if (node is MaxPoolNode && ReferenceEquals(node, end) && rounded.Contains(node.Inputs[0]))
                SameRangeAs[end.Name] = SameRangeAs.GetValueOrDefault(node.Inputs[0], node.Inputs[0]);
            else OwnRange[end.Name] = node;
        }
    }

    /// <summary>The results that need a range of their own, and the nodes that the plan's entries for them name.</summary>
    public Dictionary<string, Node> OwnRange { get; } = [];

    /// <summary>Results that keep the range of another: a maximum of integers is one of them.</summary>
    public Dictionary<string, string> SameRangeAs { get; } = [];

    private bool IsInteger(Node node, QuantizationPlan plan) => node switch
    {
        WeightedNode layer => plan.StrategyOf(layer) == LayerStrategy.Static,
        AddNode or MaxPoolNode or GlobalAveragePoolNode => node.Inputs.All(rounded.Contains),
        InputNode or BatchNormalizationNode or ActivationNode or QuantizeNode => false,
        _ => throw new NotSupportedException($"'{node.Name}' cannot be quantized: it is a {node.GetType().Name}."),
    };

    /// <summary>The last node that is computed together with this one: its norm, where that is folded, and its nonlinearity.</summary>
    private static Node EndOf(Graph graph, Node node)
    {
        while (graph.OnlyConsumerOf<Node>(node.Name) is { } next && IsPartOfPrevious(graph, next)) node = next;
        return node;
    }

    private static bool IsPartOfPrevious(Graph graph, Node node) => node switch
    {
        BatchNormalizationNode norm => graph[norm.Input] is ConvNode conv && FoldBatchNorm.NormOf(graph, conv) == norm,
        ActivationNode { Input: var input } => graph.OnlyConsumerOf<ActivationNode>(input) == node && graph[input] is not InputNode,
        _ => false,
    };
}
