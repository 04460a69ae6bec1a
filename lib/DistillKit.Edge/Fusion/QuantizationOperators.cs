namespace DistillKit.Edge.Fusion;

/// <summary>Reads QuantizeLinear and DequantizeLinear: of activations as a pair, of initializers as constants.</summary>
internal static class QuantizationOperators
{
    public static void Quantize(OnnxNode node, Scope scope)
    {
        var source = scope.Layer(node);
        var (scale, zeroPoint, type) = Parameters(node, scope);
        if (type is not (ElementType.UInt8 or ElementType.Int8))
            throw node.Error($"it quantizes to {type}, where only uint8 and int8 are supported");
        var grid = new QuantizationGrid(scale, (byte)(type == ElementType.Int8 ? zeroPoint + 128 : zeroPoint));
        var rounded = scope.Add(new QuantizeLinearLayer(node.Title, source, grid));
        scope.Define(node.Outputs[0], new QuantizedSymbol(rounded, scale, zeroPoint, type));
    }

    public static void Dequantize(OnnxNode node, Scope scope)
    {
        switch (scope.Get(node, 0))
        {
            case QuantizedSymbol codes:
                if (Parameters(node, scope) != (codes.Scale, codes.ZeroPoint, codes.Type))
                    throw node.Error("its scale, zero point or type differ from those of the QuantizeLinear before it");
                scope.Define(node.Outputs[0], new RealSymbol(codes.Layer));
                break;
            case ConstantSymbol { Scales: null, Tensor: var tensor }:
                scope.Define(node.Outputs[0], Initializer(node, scope, tensor));
                break;
            default:
                throw node.Error("its input is neither a quantized value nor an initializer");
        }
    }

    /// <summary>The parameters of an activation, which has one scale.</summary>
    private static (float Scale, long ZeroPoint, ElementType Type) Parameters(OnnxNode node, Scope scope)
    {
        var scales = scope.Tensor(node, 1);
        if (scales.Count != 1)
            throw scales.Error($"has {scales.Count} scales for an activation, where one is needed");
        var zeroPoint = scope.OptionalTensor(node, 2);
        return zeroPoint is { Count: > 1 } ? throw zeroPoint.Error("is a list, where one number is needed")
            : (Constants.Scales(scales)[0], zeroPoint?.IntegerAt(0) ?? 0, zeroPoint?.Type ?? ElementType.UInt8);
    }

    private static ConstantSymbol Initializer(OnnxNode node, Scope scope, OnnxTensor tensor)
    {
        if (tensor.Type is ElementType.Single or ElementType.Int64)
            throw tensor.Error($"has elements of type {tensor.Type}, which cannot be dequantized");
        var scales = Constants.Scales(scope.Tensor(node, 1));
        var axis = node.Integer("axis", 1);
        axis = axis < 0 ? axis + tensor.Shape.Length : axis;
        if (scales.Length > 1 && (axis < 0 || axis >= tensor.Shape.Length || tensor.Shape[axis] != scales.Length))
            throw node.Error($"{scales.Length} scales do not fit axis {axis} of an initializer of shape {Wording.Of(tensor.Shape)}");
        var zeroPoints = scope.OptionalTensor(node, 2);
        if (zeroPoints is not null && (zeroPoints.Count != scales.Length || zeroPoints.Type != tensor.Type))
            throw zeroPoints.Error($"has {zeroPoints.Count} zero points of type {zeroPoints.Type}, "
                + $"where {scales.Length} of type {tensor.Type} are needed");
        return new(tensor, scales, zeroPoints, (int)Math.Clamp(axis, 0, tensor.Shape.Length));
    }
}
