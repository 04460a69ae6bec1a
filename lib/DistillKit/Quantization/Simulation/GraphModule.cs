namespace DistillKit.Quantization.Simulation;

/// <summary>Runs a graph in the engine: images [N, C, H, W] to logits [N, K]. Rounding is simulated in float32 (fake quantization), with
/// gradients, so that the same module calibrates, trains and evaluates. <see cref="ToGraph"/> gives the weights back.</summary>
public sealed class GraphModule : nn.Module<Tensor, Tensor>, IScheduled
{
    private readonly IReadOnlyDictionary<string, string> metadata;
    private readonly List<NodeLayer> layers = [];
    private readonly Dictionary<string, NodeLayer> lastUses = [];
    private readonly string input;

    /// <summary>Builds the module.</summary>
    /// <param name="training">How roundings adapt while the module trains; null to keep them as they are in the graph.</param>
    public GraphModule(Graph graph, AwareRecipe? training = null) : base(nameof(GraphModule))
    {
        (metadata, input, Classes) = (graph.Metadata, graph.Input.Name, graph.Shapes[graph.Output.Name][0]);
        foreach (var node in graph.Nodes.Skip(1))
        {
            if (TakeOver(node, graph)) continue;
            layers.Add(NodeLayer.Of(node, training));
            if (layers is not [.., FunctionNodeLayer { Node: ActivationNode activation }, QuantizeNodeLayer rounding]) continue;
            // A rounding does the nonlinearity before it in the same pass.
            if (graph.OnlyConsumerOf<QuantizeNode>(activation.Name) is null) continue;
            rounding.TakeOver(activation);
            layers.RemoveAt(layers.Count - 2);
        }
        var names = new HashSet<string>();
        foreach (var (index, layer) in layers.Index())
        {
            // Names of modules have no dots.
            var name = layer.Name.Replace('.', '_');
            register_module(names.Add(name) ? name : $"{name}_{index}", layer);
            foreach (var taken in layer.Inputs) lastUses[taken] = layer;
        }
    }

    /// <summary>A quantized convolution takes over the norm after it, because what is rounded is the folded weight.</summary>
    private bool TakeOver(Node node, Graph graph)
    {
        if (layers.LastOrDefault() is not WeightedNodeLayer { TakesNorm: true } conv) return false;
        if (node is not BatchNormalizationNode norm || graph.OnlyConsumerOf<BatchNormalizationNode>(conv.Name) != norm) return false;
        conv.TakeOver(norm);
        return true;
    }

    /// <summary>The number of logits.</summary>
    public int Classes { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor images) => Run(images);

    /// <summary>Computes the logits.</summary>
    /// <param name="observe">Receives every result as it is made, with its name, the images too; it must copy what it keeps.</param>
    public Tensor Run(Tensor images, Action<string, Tensor>? observe = null)
    {
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor> { [input] = ChannelsLast.Of(images) };
        observe?.Invoke(input, values[input]);
        foreach (var layer in layers)
        {
            // The images are the caller's.
            var isLast = layer.Inputs.All(name => lastUses[name] == layer && name != input);
            var result = layer.Forward([.. layer.Inputs.Select(name => values[name])], mayOverwrite: isLast && observe is null);
            observe?.Invoke(layer.Name, result);
            foreach (var name in layer.Inputs.Where(name => lastUses[name] == layer).Distinct())
            {
                if (!ReferenceEquals(values[name], result)) values[name].Dispose();
            }
            values[layer.Name] = result;
        }
        return values[layers[^1].Name].MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Begin(double progress)
    {
        foreach (var layer in layers) layer.Begin(progress);
    }

    /// <summary>The graph with the present weights, statistics and roundings.</summary>
    public Graph ToGraph(int imageSize, int channels = 3) =>
        new([new InputNode(input, channels, imageSize), .. layers.SelectMany(layer => layer.ToNodes())], metadata);
}
