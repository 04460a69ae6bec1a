using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Reads layers that quantize their input: DynamicQuantizeLinear, ConvInteger or MatMulInteger, Cast, Mul by the scales.</summary>
internal static class DynamicOperators
{
    public static void Quantize(OnnxNode node, Scope scope)
    {
        node.Check(1, 0, 3);
        var rounded = scope.Add(new DynamicQuantizeLinearLayer(node.Title, scope.Layer(node)));
        scope.Define(node.Outputs[0], new DynamicallyQuantizedSymbol(rounded));
        scope.Define(node.Outputs[1], new DynamicScaleSymbol(rounded));
        scope.Define(node.Outputs[2], new DynamicZeroPointSymbol(rounded));
    }

    public static void ConvInteger(OnnxNode node, Scope scope)
    {
        var source = Source(node, scope, Windows.Attributes);
        var weights = scope.Tensor(node, 1);
        if (source.Shape.IsFlat)
            throw node.Error("its input is flat, where an image of [channels, height, width] is needed");
        var geometry = Windows.Convolution(node, source.Shape, LayerOperators.WeightShape(node, new ConstantSymbol(weights), 4));
        Define(node, scope, source, geometry, weights, 0);
    }

    public static void MatMulInteger(OnnxNode node, Scope scope)
    {
        var source = Source(node, scope);
        var weights = scope.Tensor(node, 1);
        var geometry = Windows.Linear(node, source.Shape, LayerOperators.WeightShape(node, new ConstantSymbol(weights), 2), 1);
        Define(node, scope, source, geometry, weights, 1);
    }

    public static void Cast(OnnxNode node, Scope scope)
    {
        node.Check(1, 0, 1, "to", "saturate");
        if (node.Integer("to", 0) != (long)ElementType.Single)
            throw node.Error("only casts to float are supported");
        scope.Define(node.Outputs[0],
            scope.Get<AccumulatorsSymbol>(node, 0, "the result of a ConvInteger or MatMulInteger") with { IsCast = true });
    }

    public static void Mul(OnnxNode node, Scope scope)
    {
        node.Check(2, 0, 1);
        switch (scope.Get(node, 0), scope.Get(node, 1))
        {
            case (DynamicScaleSymbol { Layer: var layer }, ConstantSymbol { Tensor: var scales }):
                scope.Define(node.Outputs[0], new ProductOfScalesSymbol(layer, scales));
                break;
            case (ConstantSymbol { Tensor: var scales }, DynamicScaleSymbol { Layer: var layer }):
                scope.Define(node.Outputs[0], new ProductOfScalesSymbol(layer, scales));
                break;
            case (AccumulatorsSymbol accumulators, ProductOfScalesSymbol scales):
                Rescale(node, scope, accumulators, scales);
                break;
            case (ProductOfScalesSymbol scales, AccumulatorsSymbol accumulators):
                Rescale(node, scope, accumulators, scales);
                break;
            default:
                throw node.Error("Mul is only supported for the scales of dynamic quantization");
        }
    }

    private static void Rescale(OnnxNode node, Scope scope, AccumulatorsSymbol accumulators, ProductOfScalesSymbol scales)
    {
        if (!accumulators.IsCast || accumulators.Source != scales.Layer)
            throw node.Error("it multiplies integers by the scale of another input, or before their cast to float");
        Constants.Scales(scales.WeightScales);
        var (geometry, isFlat) = (accumulators.Geometry, accumulators.Shape.IsFlat);
        var each = Constants.ForEachChannel(node, new ConstantSymbol(scales.WeightScales), geometry.Outputs, isFlat);
        var weights = new LayerWeights(accumulators.Weights, Array.ConvertAll(each, scale => (float)scale));
        var bias = new double[geometry.Outputs];
        scope.Define(node, new ConvLayer(node.Title, accumulators.Source, accumulators.Shape, geometry, weights, bias));
    }

    private static DynamicQuantizeLinearLayer Source(OnnxNode node, Scope scope, params ReadOnlySpan<string> attributes)
    {
        node.Check(3, 1, 1, attributes);
        var source = scope.Get<DynamicallyQuantizedSymbol>(node, 0, "the first result of a DynamicQuantizeLinear").Layer;
        if (scope.Get<DynamicZeroPointSymbol>(node, 2, "the zero point of a DynamicQuantizeLinear").Layer != source)
            throw node.Error("its zero point is that of another input");
        var zeroPoints = scope.OptionalTensor(node, 3);
        for (var i = 0; i < (zeroPoints?.Count ?? 0); i++)
            if (zeroPoints!.Type == ElementType.Single || zeroPoints.IntegerAt(i) != 0)
                throw zeroPoints.Error("holds zero points of weights that are not 0, which is not supported");
        return source;
    }

    private static void Define(OnnxNode node, Scope scope, DynamicQuantizeLinearLayer source, ConvolutionGeometry geometry,
        OnnxTensor weights, int outputAxis)
    {
        if (weights.SignedBytes.IsEmpty)
            throw weights.Error("is empty");
        var shape = Windows.Result(node, geometry, isFlat: outputAxis == 1);
        var oriented = Constants.Oriented(weights.Data, weights.Shape, 1, outputAxis);
        scope.Define(node.Outputs[0], new AccumulatorsSymbol(source, shape, geometry, oriented, IsCast: false));
    }
}
