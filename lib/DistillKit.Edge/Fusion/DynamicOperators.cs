namespace DistillKit.Edge.Fusion;

/// <summary>Reads layers that quantize their input: DynamicQuantizeLinear, ConvInteger or MatMulInteger, Cast, Mul by the scales.</summary>
internal static class DynamicOperators
{
    public static void Quantize(OnnxNode node, Scope scope)
    {
        var rounded = scope.Add(new DynamicQuantizeLinearLayer(node.Title, scope.Layer(node)));
        foreach (var part in Enum.GetValues<DynamicPart>())
            scope.Define(node.Outputs[(int)part], new DynamicSymbol(rounded, part));
    }

    public static void ConvInteger(OnnxNode node, Scope scope)
    {
        var source = Scope.Image(node, Source(node, scope));
        var weights = scope.Tensor(node, 1, rank: 4);
        Define(node, scope, source, Windows.Convolution(node, source.Shape, weights.Shape), weights, 0);
    }

    public static void MatMulInteger(OnnxNode node, Scope scope)
    {
        var source = Source(node, scope);
        var weights = scope.Tensor(node, 1, rank: 2);
        Define(node, scope, source, Windows.Linear(node, source.Shape, weights.Shape, 1), weights, 1);
    }

    public static void Cast(OnnxNode node, Scope scope)
    {
        if (node.Integer("to", 0) != (long)ElementType.Single)
            throw node.Error("only casts to float are supported");
        scope.Define(node.Outputs[0],
            scope.Get<AccumulatorsSymbol>(node, 0, "the result of a ConvInteger or MatMulInteger") with { IsCast = true });
    }

    public static void Mul(OnnxNode node, Scope scope)
    {
        var (first, second) = (scope.Get(node, 0), scope.Get(node, 1));
        if (!Multiply(node, scope, first, second) && !Multiply(node, scope, second, first))
            throw node.Error("Mul is only supported for the scales of dynamic quantization");
    }

    /// <returns>False where the two are not such a product in this order.</returns>
    private static bool Multiply(OnnxNode node, Scope scope, Symbol first, Symbol second)
    {
        if (first is DynamicSymbol { Part: DynamicPart.Scale } scale && second is ConstantSymbol { Scales: null } constant)
            scope.Define(node.Outputs[0], new ProductOfScalesSymbol(scale.Layer, constant.Tensor));
        else if (first is AccumulatorsSymbol accumulators && second is ProductOfScalesSymbol scales)
            Rescale(node, scope, accumulators, scales);
        else
            return false;
        return true;
    }

    private static void Rescale(OnnxNode node, Scope scope, AccumulatorsSymbol accumulators, ProductOfScalesSymbol scales)
    {
        if (!accumulators.IsCast || accumulators.Source != scales.Layer)
            throw node.Error("it multiplies integers by the scale of another input, or before their cast to float");
        Constants.Scales(scales.WeightScales);
        var (geometry, isFlat) = (accumulators.Geometry, accumulators.Shape.IsFlat);
        var each = Constants.ForEachChannel(new ConstantSymbol(scales.WeightScales), geometry.Outputs, isFlat);
        var weights = new LayerWeights(accumulators.Weights, Array.ConvertAll(each, scale => (float)scale));
        var bias = new double[geometry.Outputs];
        scope.Define(node, new ConvLayer(node.Title, accumulators.Source, accumulators.Shape, geometry, weights, bias));
    }

    private static DynamicQuantizeLinearLayer Source(OnnxNode node, Scope scope)
    {
        var source = scope.Dynamic(node, 0, DynamicPart.Integers);
        if (scope.Dynamic(node, 2, DynamicPart.ZeroPoint) != source)
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
        if (weights.Type != ElementType.Int8)
            throw weights.Error($"has elements of type {weights.Type}, where {ElementType.Int8} is needed");
        var shape = Windows.Result(node, geometry, isFlat: outputAxis == 1);
        var oriented = Constants.Oriented(weights.Data, weights.Shape, 1, outputAxis);
        scope.Define(node.Outputs[0], new AccumulatorsSymbol(source, shape, geometry, oriented, IsCast: false));
    }
}
