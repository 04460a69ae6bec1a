using DistillKit.Graphs;

namespace DistillKit.Quantization.Plans;

/// <summary>
/// Finds the results to round: what a static layer takes, so that it can compute in integers, and what integer arithmetic makes, so that it stays integers. The
/// logits stay real numbers.
/// </summary>
internal sealed class Placement
{
    private readonly HashSet<string> rounded = [];

    public Placement(Graph graph, QuantizationPlan plan)
    {
        foreach (var node in graph.Nodes.Where(node => !BelongsToTheOneBefore(graph, node)))
        {
            var end = EndOf(graph, node);
            var isTaken = graph.ConsumersOf(end.Name).OfType<WeightedNode>().Any(layer => plan.StrategyOf(layer) == LayerStrategy.Static);
            if (!isTaken && (!IsInteger(node, plan) || ReferenceEquals(end, graph.Output))) continue;
            rounded.Add(end.Name);
            if (node is MaxPoolNode && ReferenceEquals(node, end) && rounded.Contains(node.Inputs[0])) SameRangeAs[end.Name] = SourceOf(node.Inputs[0]);
            else Schemes[end.Name] = plan.ActivationsOf(node);
        }
    }

    /// <summary>The results that need a range of their own.</summary>
    public Dictionary<string, QuantizationScheme> Schemes { get; } = [];

    /// <summary>Results that keep the range of another: a maximum of integers is one of them.</summary>
    public Dictionary<string, string> SameRangeAs { get; } = [];

    private string SourceOf(string name) => SameRangeAs.GetValueOrDefault(name, name);

    private bool IsInteger(Node node, QuantizationPlan plan) => node switch
    {
        WeightedNode layer => plan.StrategyOf(layer) == LayerStrategy.Static,
        AddNode or MaxPoolNode or GlobalAveragePoolNode => node.Inputs.All(rounded.Contains),
        _ => false,
    };

    /// <summary>The last node that is computed in one go with this one: its norm, where that is folded, and its nonlinearity.</summary>
    private static Node EndOf(Graph graph, Node node)
    {
        while (graph.ConsumersOf(node.Name).ToList() is [var next] && BelongsToTheOneBefore(graph, next)) node = next;
        return node;
    }

    private static bool BelongsToTheOneBefore(Graph graph, Node node) => node switch
    {
        BatchNormNode norm => graph[norm.Input] is ConvolutionNode convolution && FoldBatchNorm.NormOf(graph, convolution) is not null,
        ActivationNode activation => graph.OnlyConsumerOf<ActivationNode>(activation.Input) is not null && graph[activation.Input] is not InputNode,
        _ => false,
    };
}
