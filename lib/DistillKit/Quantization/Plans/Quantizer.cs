namespace DistillKit.Quantization.Plans;

/// <summary>Carries out a plan: rounds the weights of layers, and puts a <see cref="QuantizeNode"/> behind every result that integer
/// arithmetic takes or makes. Works on graphs with and without their batch norms; a norm, and the nonlinearity after it, belong to the
/// convolution before.</summary>
public static class Quantizer
{
    /// <summary>The results that need a range from calibration, with their schemes.</summary>
    /// <exception cref="UserException">The plan names a layer that the graph does not have.</exception>
    public static IReadOnlyDictionary<string, QuantizationScheme> CalibratedResults(Graph graph, QuantizationPlan plan) =>
        Place(graph, plan).OwnRange.ToDictionary(result => result.Key, result => plan.ActivationsOf(result.Value));

    /// <summary>Quantizes a graph.</summary>
    /// <param name="graph">In floating point.</param>
    /// <param name="ranges">Scale and zero point of each of the <see cref="CalibratedResults"/>; others are ignored.</param>
    /// <exception cref="UserException">The plan names a layer that the graph does not have.</exception>
    public static Graph Quantize(Graph graph, QuantizationPlan plan, IReadOnlyDictionary<string, QuantizationParameters> ranges)
    {
        var placement = Place(graph, plan);
        var (nodes, names) = (new List<Node>(), new Dictionary<string, string>());
        foreach (var node in graph.Nodes)
        {
            var rewired = node.Rewire(name => names.GetValueOrDefault(name, name));
            nodes.Add(rewired is WeightedNode layer ? Round(layer, graph, plan, nodes) : rewired);
            var source = placement.OwnRange.ContainsKey(node.Name) ? node.Name : placement.SameRangeAs.GetValueOrDefault(node.Name);
            if (source is null) continue;
            names[node.Name] = $"{node.Name}.quantized";
            nodes.Add(new QuantizeNode(names[node.Name], node.Name, ranges[source]));
        }
        return FitBiases(new(nodes, graph.Metadata));
    }

    /// <summary>The graph with larger weight scales for the few channels whose bias would not fit 32 bits in steps of input scale times
    /// weight scale. Its norms must be folded.</summary>
    public static Graph FitBiases(Graph graph)
    {
        return new([.. graph.Nodes.Select(Fit)], graph.Metadata);

        Node Fit(Node node) => node is WeightedNode { WeightQuantization: { } weights, Bias: { } bias } layer
            && graph[layer.Input] is QuantizeNode { Parameters: { } input }
            ? layer with { WeightQuantization = BiasQuantization.MakeRoom(weights, bias.Values, input.Scales[0]) } : node;
    }

    internal static Placement Place(Graph graph, QuantizationPlan plan)
    {
        plan.ValidateFor(graph);
        return new(graph, plan);
    }

    /// <summary>The layer with its weight rounded, and for a dynamic one its input too.</summary>
    private static WeightedNode Round(WeightedNode layer, Graph graph, QuantizationPlan plan, List<Node> nodes)
    {
        if (plan.WeightsOf(layer) is not { } scheme) return layer;
        // What is rounded is the weight that will be deployed.
        var folded = layer is ConvNode conv && FoldBatchNorm.NormOf(graph, conv) is { } norm ? FoldBatchNorm.Fold(conv, norm) : layer;
        var rounded = layer with { WeightQuantization = QuantizationParameters.ForWeight(folded.Weight, scheme) };
        if (plan.StrategyOf(layer) != LayerStrategy.Dynamic) return rounded;
        var input = $"{layer.Input}.dynamic";
        if (nodes.All(node => node.Name != input)) nodes.Add(new QuantizeNode(input, layer.Input, Parameters: null));
        return rounded with { Input = input };
    }
}

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
