namespace DistillKit.Edge.Fusion;

/// <summary>Reads the operators with weights: Conv, Gemm, MatMul.</summary>
internal static class LayerOperators
{
    public static void Conv(OnnxNode node, Scope scope)
    {
        var source = scope.ImageLayer(node);
        var weights = scope.Constant(node, 1, rank: 4);
        Define(node, scope, source, Windows.Convolution(node, source.Shape, weights.Tensor.Shape), weights, 0, isFlat: false);
    }

    public static void Gemm(OnnxNode node, Scope scope)
    {
        if (node.Single("alpha", 1) != 1 || node.Single("beta", 1) != 1 || node.Integer("transA", 0) != 0)
            throw node.Error("only alpha = 1, beta = 1 and transA = 0 are supported");
        Linear(node, scope, node.Integer("transB", 0) == 0 ? 1 : 0);
    }

    public static void MatMul(OnnxNode node, Scope scope) => Linear(node, scope, 1);

    private static void Linear(OnnxNode node, Scope scope, int outputAxis)
    {
        var source = scope.Layer(node);
        var weights = scope.Constant(node, 1, rank: 2);
        var geometry = Windows.Linear(node, source.Shape, weights.Tensor.Shape, outputAxis);
        Define(node, scope, source, geometry, weights, outputAxis, isFlat: true);
    }

    private static void Define(
        OnnxNode node, Scope scope, Layer source, ConvolutionGeometry geometry, ConstantSymbol constant, int outputAxis, bool isFlat)
    {
        var weights = Constants.Weights(constant, geometry.Outputs, outputAxis);
        var bias = node.Input(2).Length == 0 ? new double[geometry.Outputs]
            : Constants.ForEachChannel(scope.Constant(node, 2), geometry.Outputs, isFlat: true);
        scope.Define(node, new ConvLayer(node.Title, source, Windows.Result(node, geometry, isFlat), geometry, weights, bias));
    }
}
