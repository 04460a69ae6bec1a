namespace DistillKit.Edge.Fusion;

/// <summary>The names that the nodes read so far may use.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, Symbol> symbols = [];
    private readonly List<Layer> layers = [];

    public IReadOnlyList<Layer> Layers => layers;

    public void Define(string name, Symbol symbol)
    {
        if (name.Length == 0 || !symbols.TryAdd(name, symbol))
            throw new EdgeException($"The name {Wording.Quoted(name)} is given to two values of the model, or is empty. "
                + "Export the model again.");
    }

    /// <summary>Adds a layer as the node's only output.</summary>
    public void Define(OnnxNode node, Layer layer) => Define(node.Outputs[0], new RealSymbol(Add(layer)));

    public T Add<T>(T layer) where T : Layer
    {
        layers.Add(layer);
        return layer;
    }

    public Symbol? Find(string name) => symbols.GetValueOrDefault(name);

    public Symbol Get(OnnxNode node, int input) => Find(node.Input(input))
        ?? throw node.Error($"it reads {Wording.Quoted(node.Input(input))}, which no input, initializer or earlier node defines");

    public Layer Layer(OnnxNode node, int input = 0) => Get<RealSymbol>(node, input, "a float value computed from the images").Layer;

    /// <summary>An image-shaped value, which a flattened one is not.</summary>
    public Layer ImageLayer(OnnxNode node) => Image(node, Layer(node));

    /// <summary>The integers, the scale or the zero point of a DynamicQuantizeLinear.</summary>
    public DynamicQuantizeLinearLayer Dynamic(OnnxNode node, int input, DynamicPart part) =>
        Get(node, input) is DynamicSymbol dynamic && dynamic.Part == part ? dynamic.Layer
        : throw node.Error($"its input {Wording.Quoted(node.Input(input))} is not the {part} of a DynamicQuantizeLinear");

    /// <summary>A constant, as it is in the file or dequantized.</summary>
    /// <param name="rank">How many dimensions it must have; null for any.</param>
    public ConstantSymbol Constant(OnnxNode node, int input, int? rank = null)
    {
        var constant = Get<ConstantSymbol>(node, input, "an initializer, but computed from the images");
        if (constant.Tensor.Count == 0)
            throw constant.Tensor.Error("is empty");
        return rank is null || constant.Tensor.Shape.Length == rank ? constant
            : throw node.Error($"its weights have the shape {Wording.Of(constant.Tensor.Shape)}, where {rank} dimensions are needed");
    }

    /// <summary>An initializer as it is in the file.</summary>
    public OnnxTensor Tensor(OnnxNode node, int input, int? rank = null) => Constant(node, input, rank) is { Scales: null } constant
        ? constant.Tensor : throw node.Error($"its input {Wording.Quoted(node.Input(input))} is dequantized, which is not supported there");

    public OnnxTensor? OptionalTensor(OnnxNode node, int input) => node.Input(input).Length == 0 ? null : Tensor(node, input);

    public T Get<T>(OnnxNode node, int input, string what) where T : Symbol => Get(node, input) as T
        ?? throw node.Error($"its input {Wording.Quoted(node.Input(input))} is not {what}");

    public static T Image<T>(OnnxNode node, T layer) where T : Layer => !layer.Shape.IsFlat ? layer
        : throw node.Error("its input is flat, where an image of [channels, height, width] is needed");
}
