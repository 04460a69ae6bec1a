using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Turns a file's nodes into layers: names resolved, shapes inferred and checked, quantization recognised.</summary>
internal static class NetworkBuilder
{
    /// <exception cref="EdgeException">The graph has an operator, a shape or a wiring that this engine does not know.</exception>
    public static Network Build(OnnxGraph model)
    {
        var scope = new Scope();
        foreach (var tensor in model.Initializers.Values)
            scope.Define(tensor.Name, new ConstantSymbol(tensor));
        var input = scope.Add(Input(model));
        scope.Define(input.Name, new RealSymbol(input));
        foreach (var node in model.Nodes)
            Add(node, scope);
        return Network.Of(scope.Layers, input, scope.Add(Output(model, scope)));
    }

    private static void Add(OnnxNode node, Scope scope)
    {
        Action<OnnxNode, Scope> add = node.Operator switch
        {
            "Conv" => LayerOperators.Conv,
            "Gemm" => LayerOperators.Gemm,
            "MatMul" => LayerOperators.MatMul,
            "Relu" => PlainOperators.Relu,
            "Clip" => PlainOperators.Clip,
            "Add" => PlainOperators.Add,
            "MaxPool" => PlainOperators.MaxPool,
            "GlobalAveragePool" => PlainOperators.GlobalAveragePool,
            "Flatten" => PlainOperators.Flatten,
            "Identity" => PlainOperators.Identity,
            "QuantizeLinear" => QuantizationOperators.Quantize,
            "DequantizeLinear" => QuantizationOperators.Dequantize,
            "DynamicQuantizeLinear" => DynamicOperators.Quantize,
            "ConvInteger" => DynamicOperators.ConvInteger,
            "MatMulInteger" => DynamicOperators.MatMulInteger,
            "Cast" => DynamicOperators.Cast,
            "Mul" => DynamicOperators.Mul,
            _ => throw node.Error("this operator is not supported"),
        };
        add(node, scope);
    }

    private static InputLayer Input(OnnxGraph model)
    {
        if (model.Inputs.Count != 1)
            throw new EdgeException($"The model has {model.Inputs.Count} inputs, where one is needed: images. Export the model again.");
        var input = model.Inputs[0];
        EdgeException Error(string what) => new(
            $"The model's input {Wording.Quoted(input.Name)}: {what}. Export it as float images of [batch, channels, height, width].");
        return input is { Type: ElementType.Single, Shape: [not 0, var channels, var height, var width] }
            ? new(input.Name, Windows.Shape(channels, height, width, Error))
            : throw Error($"it has the type {input.Type} and the shape {(input.Shape is null ? "unknown" : Wording.Of(input.Shape))}");
    }

    private static OutputLayer Output(OnnxGraph model, Scope scope)
    {
        if (model.Outputs.Count != 1)
            throw new EdgeException($"The model has {model.Outputs.Count} outputs, where one is needed: logits. Export the model again.");
        var output = model.Outputs[0];
        if (!scope.TryGet(output.Name, out var symbol) || symbol is not RealSymbol { Layer: { Shape: { IsFlat: true, Pixels: 1 } } layer })
            throw new EdgeException($"The model's output {Wording.Quoted(output.Name)} is not a float value of [batch, classes]. "
                + "Export the model again.");
        return output.Shape is null or [_, -1] || (output.Shape is [_, var classes] && classes == layer.Shape.Channels)
            ? new(output.Name, layer)
            : throw new EdgeException($"The model's output has the shape {Wording.Of(output.Shape)}, where its nodes make {layer.Shape}. "
                + "Export the model again.");
    }
}
