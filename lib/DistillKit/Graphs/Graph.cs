namespace DistillKit.Graphs;

/// <summary>A trained network as plain data: nodes in the order of execution, the first one the images, the last one the logits. The one
/// form for everything after training; passes turn a graph into another graph.</summary>
public sealed class Graph
{
    private readonly Dictionary<string, Node> byName = [];
    private readonly ILookup<string, Node> consumers;

    /// <summary>Makes a graph of nodes in order: each takes results of earlier ones only.</summary>
    /// <param name="metadata">What a file of the graph should say about itself, for instance its normalization.</param>
    /// <exception cref="ArgumentException">A name is used twice or not made before it is taken, or shapes do not fit.</exception>
    public Graph(IReadOnlyList<Node> nodes, IReadOnlyDictionary<string, string>? metadata = null)
    {
        (Nodes, Metadata) = (nodes, metadata ?? new Dictionary<string, string>());
        if (nodes is not [InputNode input, ..]) throw new ArgumentException("A graph begins with its input.");
        Input = input;
        foreach (var node in nodes)
        {
            if (node.Name.Length == 0 || node.Name != PlainText.Of(node.Name)) throw new ArgumentException("A node's name is no text.");
            if (node.Inputs.FirstOrDefault(name => !byName.ContainsKey(name)) is { } missing)
                throw new ArgumentException($"'{node.Name}' takes '{missing}', which no earlier node makes.");
            if (!byName.TryAdd(node.Name, node)) throw new ArgumentException($"Two nodes are named '{node.Name}'.");
        }
        consumers = nodes.SelectMany(node => node.Inputs.Distinct(), (node, name) => (node, name))
            .ToLookup(pair => pair.name, pair => pair.node);
        Shapes = ShapeInference.Infer(nodes);
    }

    /// <summary>The nodes, in the order of execution.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>What a file of the graph says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The images.</summary>
    public InputNode Input { get; }

    /// <summary>The logits.</summary>
    public Node Output => Nodes[^1];

    /// <summary>The shape of every result without the batch: [C, H, W] or [C].</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Shapes { get; }

    /// <summary>The layers with weights, in order.</summary>
    public IEnumerable<WeightedNode> Layers => Nodes.OfType<WeightedNode>();

    /// <summary>The node of a name.</summary>
    public Node this[string name] => byName[name];

    /// <summary>The numbers in weights and biases.</summary>
    public long Parameters => Layers.Sum(layer => layer.Weight.Values.LongLength + (layer.Bias?.Values.LongLength ?? 0));

    /// <summary>The bytes of all weights and biases, each weight packed to its bits.</summary>
    public long PackedBytes => Layers.Sum(layer => sizeof(float) * (layer.Bias?.Values.LongLength ?? 0)
        + (layer.WeightQuantization?.PackedBytes(layer.Weight.Values.LongLength) ?? sizeof(float) * layer.Weight.Values.LongLength));

    /// <summary>Of all layers, for one image.</summary>
    public long MultiplyAccumulates => Layers.Sum(MultiplyAccumulatesOf);

    /// <summary>Of one layer, for one image: the size of the weight times the number of positions.</summary>
    public long MultiplyAccumulatesOf(WeightedNode layer) =>
        layer.Weight.Values.LongLength * Shapes[layer.Name].Skip(1).Aggregate(1L, (positions, size) => positions * size);

    /// <summary>The nodes that take a result.</summary>
    public IEnumerable<Node> ConsumersOf(string name) => consumers[name];

    /// <summary>The only node that takes a result, if it is of this kind.</summary>
    public T? OnlyConsumerOf<T>(string name) where T : Node => consumers[name].ToList() is [T only] ? only : null;

    /// <summary>The graph with some nodes replaced by others of the same name.</summary>
    public Graph With(IReadOnlyDictionary<string, Node> replacements) =>
        new([.. Nodes.Select(node => replacements.GetValueOrDefault(node.Name, node))], Metadata);

    /// <summary>The graph with other metadata.</summary>
    public Graph With(IReadOnlyDictionary<string, string> metadata) => new(Nodes, metadata);
}
