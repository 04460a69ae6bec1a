namespace DistillKit.Edge.Fusion;

/// <summary>The operators made so far, and where each layer's value lies: as u8, as float (made when needed), or both.</summary>
internal sealed unsafe class FusedValues(Network network)
{
    private readonly Dictionary<Layer, ActivationBuffer> bytes = [], floats = [];
    private readonly HashSet<Layer> made = [];
    private readonly List<Operator> operators = [];

    /// <summary>The caller's planar images.</summary>
    public ActivationBuffer Images { get; } = Buffer(network.Input, ElementFormat.Single);

    public IReadOnlyList<Operator> Operators => operators;

    /// <summary>Whether the layer's value exists, or an operator has taken it over on the way to a later one.</summary>
    public bool IsMade(Layer layer) => made.Contains(layer);

    /// <summary>Adds an operator that does the work of a layer and of the layers after it up to the end, whose value it makes.</summary>
    public void Add(Layer core, Layer end, Operator operation)
    {
        operators.Add(operation);
        (operation.Output.Format == ElementFormat.Byte ? bytes : floats).Add(end, operation.Output);
        for (made.Add(core); end != core; end = end.Sources[0])
            made.Add(end);
    }

    /// <summary>Adds an operator without weights.</summary>
    /// <param name="grid">What its u8 result means; null for a float result.</param>
    /// <param name="run">Treats a range of images, or of elements, of the result: the first, and how many.</param>
    public ActivationBuffer Add(Layer core, Layer end, string kind, QuantizationGrid? grid, bool isElementwise,
        ActivationBuffer[] inputs, Action<ActivationBuffer, int, int> run)
    {
        var output = Buffer(end, grid is null ? ElementFormat.Single : ElementFormat.Byte, grid);
        Add(core, end, new PlainOperator(
            core.Name, kind, output, inputs, isElementwise, (first, count) => run(output, first, count)));
        return output;
    }

    /// <summary>Gives a layer the u8 value of another.</summary>
    public void Alias(Layer layer, ActivationBuffer same) => bytes.Add(layer, same);

    /// <summary>The value as u8 on one grid; null if it does not exist in that form.</summary>
    public ActivationBuffer? Bytes(Layer layer) => Find(bytes, layer) is { Grid: not null } buffer ? buffer : null;

    /// <summary>The value as u8 on grids of run time.</summary>
    public ActivationBuffer DynamicBytes(Layer layer) => bytes[layer];

    /// <summary>The value as float.</summary>
    public ActivationBuffer Floats(Layer layer)
    {
        if (Find(floats, layer) is { } found)
            return found;
        while (layer is FlattenLayer && !bytes.ContainsKey(layer))
            layer = layer.Source;
        if (layer is InputLayer)
            return Add(layer, layer, "reorder images", null, false, [Images], (output, first, count) => Elementwise.Interleave(
                Images.Floats(first), output.Floats(first), count, layer.Shape.Channels, layer.Shape.Pixels));
        var (input, grid) = (bytes[layer], bytes[layer].Grid!.Value);
        return Add(layer, layer, "dequantize", null, true, [input], (output, first, count) =>
            Elementwise.DequantizeLinear(input.Bytes(0) + first, output.Floats(0) + first, count, grid));
    }

    public static ActivationBuffer Buffer(Layer layer, ElementFormat format, QuantizationGrid? grid = null) =>
        new(layer.Name, layer.Shape, format, grid);

    private static ActivationBuffer? Find(Dictionary<Layer, ActivationBuffer> buffers, Layer layer)
    {
        while (!buffers.ContainsKey(layer) && layer is FlattenLayer)
            layer = layer.Source;
        return buffers.GetValueOrDefault(layer);
    }
}
