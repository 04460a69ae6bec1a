using DistillKit.Graphs;

namespace DistillKit.Quantization.Plans;

/// <summary>
/// Carries out a plan: rounds the weights of layers, and puts a <see cref="QuantizeNode"/> behind every result that integer arithmetic takes or makes. Works on
/// graphs with and without their batch norms; a norm, and the nonlinearity after it, belong to the convolution before them.
/// </summary>
public static class Quantizer
{
    /// <summary>The results that need a range from calibration, with their schemes.</summary>
    /// <exception cref="UserException">The plan names a layer that the graph does not have.</exception>
    public static IReadOnlyDictionary<string, QuantizationScheme> CalibratedResults(Graph graph, QuantizationPlan plan)
    {
        plan.ValidateFor(graph);
        return new Placement(graph, plan).Schemes;
    }

    /// <summary>Quantizes a graph.</summary>
    /// <param name="graph">In floating point.</param>
    /// <param name="plan">What to round, and how.</param>
    /// <param name="ranges">Scale and zero point of each of the <see cref="CalibratedResults"/>; others are ignored.</param>
    /// <exception cref="UserException">The plan names a layer that the graph does not have.</exception>
    public static Graph Quantize(Graph graph, QuantizationPlan plan, IReadOnlyDictionary<string, QuantizationParameters> ranges)
    {
        plan.ValidateFor(graph);
        var placement = new Placement(graph, plan);
        var nodes = new List<Node>();
        var names = new Dictionary<string, string>();
        foreach (var node in graph.Nodes)
        {
            var rewired = node.Rewire(name => names.GetValueOrDefault(name, name));
            nodes.Add(rewired is WeightedNode layer ? Round(layer, graph, plan, nodes) : rewired);
            if (placement.Schemes.ContainsKey(node.Name)) AddQuantize(node.Name, ranges[node.Name]);
            else if (placement.SameRangeAs.GetValueOrDefault(node.Name) is { } source) AddQuantize(node.Name, ranges[source]);
        }
        return FitBiases(new(nodes, graph.Metadata));

        void AddQuantize(string name, QuantizationParameters parameters)
        {
            names[name] = $"{name}.quantized";
            nodes.Add(new QuantizeNode(names[name], name, parameters));
        }
    }

    /// <summary>
    /// The graph with larger weight scales for the few channels whose bias would not fit 32 bits in steps of input scale times weight scale. Its norms must be folded.
    /// </summary>
    public static Graph FitBiases(Graph graph)
    {
        var fitted = from layer in graph.Layers
                     where layer.WeightQuantization is not null && layer.Bias is not null
                     let input = (graph[layer.Input] as QuantizeNode)?.Parameters
                     where input is not null
                     select layer with { WeightQuantization = BiasQuantization.MakeRoom(layer.WeightQuantization!, layer.Bias!.Values, input.Scales[0]) };
        return graph.With(fitted.ToDictionary(layer => layer.Name, Node (layer) => layer));
    }

    /// <summary>The layer with its weight rounded, and for a dynamic one its input too.</summary>
    private static WeightedNode Round(WeightedNode layer, Graph graph, QuantizationPlan plan, List<Node> nodes)
    {
        if (plan.WeightsOf(layer) is not { } scheme) return layer;
        var rounded = layer with { WeightQuantization = WeightQuantization.Of(Folded(layer, graph), scheme) };
        if (plan.StrategyOf(layer) != LayerStrategy.Dynamic) return rounded;
        var input = $"{layer.Input}.dynamic";
        if (nodes.All(node => node.Name != input)) nodes.Add(new QuantizeNode(input, layer.Input, Parameters: null));
        return rounded with { Input = input };
    }

    /// <summary>The weight that will be deployed.</summary>
    private static Constant Folded(WeightedNode layer, Graph graph) =>
        layer is ConvolutionNode convolution && FoldBatchNorm.NormOf(graph, convolution) is { } norm ? FoldBatchNorm.Fold(convolution, norm).Weight : layer.Weight;
}
