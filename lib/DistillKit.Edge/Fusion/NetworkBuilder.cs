namespace DistillKit.Edge.Fusion;

/// <summary>Turns a file's nodes into layers: names resolved, shapes inferred and checked, quantization recognised.</summary>
internal static class NetworkBuilder
{
    /// <summary>What a node of an operator may have, and how it is read.</summary>
    private sealed record Form(int Inputs, int OptionalInputs, int Outputs, string[] Attributes, Action<OnnxNode, Scope> Read);

    private static readonly Dictionary<string, Form> forms = new()
    {
        ["Conv"] = new(2, 1, 1, Windows.Attributes, LayerOperators.Conv),
        ["Gemm"] = new(2, 1, 1, ["alpha", "beta", "transA", "transB"], LayerOperators.Gemm),
        ["MatMul"] = new(2, 0, 1, [], LayerOperators.MatMul),
        ["Relu"] = new(1, 0, 1, [], PlainOperators.Relu),
        ["Clip"] = new(1, 2, 1, [], PlainOperators.Clip),
        ["Add"] = new(2, 0, 1, [], PlainOperators.Add),
        ["Max"] = new(2, 0, 1, [], PlainOperators.Max),
        ["Min"] = new(2, 0, 1, [], PlainOperators.Min),
        ["MaxPool"] = new(1, 0, 1, Windows.PoolAttributes, PlainOperators.MaxPool),
        ["AveragePool"] = new(1, 0, 1, [.. Windows.PoolAttributes, "count_include_pad"], PlainOperators.AveragePool),
        ["GlobalAveragePool"] = new(1, 0, 1, [], PlainOperators.GlobalAveragePool),
        ["ReduceMean"] = new(1, 1, 1, ["axes", "keepdims", "noop_with_empty_axes"], PlainOperators.ReduceMean),
        ["Reshape"] = new(2, 0, 1, ["allowzero"], PlainOperators.Reshape),
        ["Flatten"] = new(1, 0, 1, ["axis"], PlainOperators.Flatten),
        ["Constant"] = new(0, 0, 1, ["value"], PlainOperators.Constant),
        ["Identity"] = new(1, 0, 1, [], PlainOperators.Identity),
        ["QuantizeLinear"] = new(2, 1, 1, ["axis", "saturate"], QuantizationOperators.Quantize),
        ["DequantizeLinear"] = new(2, 1, 1, ["axis"], QuantizationOperators.Dequantize),
        ["DynamicQuantizeLinear"] = new(1, 0, 3, [], DynamicOperators.Quantize),
        ["ConvInteger"] = new(3, 1, 1, Windows.Attributes, DynamicOperators.ConvInteger),
        ["MatMulInteger"] = new(3, 1, 1, [], DynamicOperators.MatMulInteger),
        ["Cast"] = new(1, 0, 1, ["to", "saturate"], DynamicOperators.Cast),
        ["Mul"] = new(2, 0, 1, [], DynamicOperators.Mul),
    };

    /// <exception cref="EdgeException">The graph has an operator, a shape or a wiring that this engine does not know.</exception>
    public static Network Build(OnnxGraph model)
    {
        var scope = new Scope();
        foreach (var tensor in model.Initializers.Values)
            scope.Define(tensor.Name, new ConstantSymbol(tensor));
        var input = scope.Add(Input(model));
        scope.Define(input.Name, new RealSymbol(input));
        foreach (var node in model.Nodes)
        {
            var form = forms.GetValueOrDefault(node.Operator) ?? throw node.Error("this operator is not supported");
            node.Check(form.Inputs, form.OptionalInputs, form.Outputs, form.Attributes);
            form.Read(node, scope);
        }
        return Network.Of(scope.Layers, input, scope.Add(Output(model, scope))).Checked(model.FileBytes);
    }

    private static InputLayer Input(OnnxGraph model)
    {
        if (model.Inputs is not [var input])
            throw new EdgeException($"The model has {model.Inputs.Count} inputs, where one is needed: images. Export the model again.");
        EdgeException Error(string what) => new(
            $"The model's input {Wording.Quoted(input.Name)}: {what}. Export it as float images of [batch, channels, height, width].");
        return input is { Type: ElementType.Single, Shape: [not 0, var channels, var height, var width] }
            ? new(input.Name, Windows.Shape(channels, height, width, Error))
            : throw Error($"it has the type {input.Type} and the shape {(input.Shape is null ? "unknown" : Wording.Of(input.Shape))}");
    }

    private static OutputLayer Output(OnnxGraph model, Scope scope)
    {
        if (model.Outputs is not [var output])
            throw new EdgeException($"The model has {model.Outputs.Count} outputs, where one is needed: logits. Export the model again.");
        if (scope.Find(output.Name) is not RealSymbol { Layer: { Shape: { IsFlat: true, Pixels: 1 } } layer })
            throw new EdgeException($"The model's output {Wording.Quoted(output.Name)} is not a float value of [batch, classes]. "
                + "Export the model again.");
        return output.Shape is null or [_, -1] || (output.Shape is [_, var classes] && classes == layer.Shape.Channels)
            ? new(output.Name, layer)
            : throw new EdgeException($"The model's output has the shape {Wording.Of(output.Shape)}, where its nodes make {layer.Shape}. "
                + "Export the model again.");
    }
}
