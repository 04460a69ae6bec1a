using DistillKit.Edge.Onnx;

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
    public void Define(OnnxNode node, Layer layer)
    {
        Add(layer);
        Define(node.Outputs[0], new RealSymbol(layer));
    }

    public T Add<T>(T layer) where T : Layer
    {
        layers.Add(layer);
        return layer;
    }

    public bool TryGet(string name, out Symbol symbol) => symbols.TryGetValue(name, out symbol!);

    public Symbol Get(OnnxNode node, int input) => TryGet(node.Input(input), out var symbol) ? symbol
        : throw node.Error($"it reads {Wording.Quoted(node.Input(input))}, which no input, initializer or earlier node defines");

    public T Get<T>(OnnxNode node, int input, string what) where T : Symbol => Get(node, input) as T
        ?? throw node.Error($"its input {Wording.Quoted(node.Input(input))} is not {what}");

    public Layer Layer(OnnxNode node, int input = 0) => Get<RealSymbol>(node, input, "a float value computed from the images").Layer;

    /// <summary>An image-shaped value, which a flattened one is not.</summary>
    public Layer ImageLayer(OnnxNode node) => Layer(node) is var layer && !layer.Shape.IsFlat ? layer
        : throw node.Error("its input is flat, where an image of [channels, height, width] is needed");

    public OnnxTensor Tensor(OnnxNode node, int input) => Get<ConstantSymbol>(node, input, "an initializer").Tensor;

    public OnnxTensor? OptionalTensor(OnnxNode node, int input) => node.Input(input).Length == 0 ? null : Tensor(node, input);
}
