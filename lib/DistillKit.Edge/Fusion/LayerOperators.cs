using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Reads the operators with weights: Conv, Gemm, MatMul.</summary>
internal static class LayerOperators
{
    public static void Conv(OnnxNode node, Scope scope)
    {
        node.Check(2, 1, 1, Windows.Attributes);
        var source = scope.ImageLayer(node);
        var weights = scope.Get(node, 1);
        var geometry = Windows.Convolution(node, source.Shape, WeightShape(node, weights, 4));
        Define(node, scope, source, geometry, Constants.Weights(node, weights, geometry.Outputs, 0), isFlat: false);
    }

    public static void Gemm(OnnxNode node, Scope scope)
    {
        node.Check(2, 1, 1, "alpha", "beta", "transA", "transB");
        if (node.Single("alpha", 1) != 1 || node.Single("beta", 1) != 1 || node.Integer("transA", 0) != 0)
            throw node.Error("only alpha = 1, beta = 1 and transA = 0 are supported");
        Linear(node, scope, node.Integer("transB", 0) == 0 ? 1 : 0);
    }

    public static void MatMul(OnnxNode node, Scope scope)
    {
        node.Check(2, 0, 1);
        Linear(node, scope, 1);
    }

    /// <summary>The shape of a layer's weights, which must be constant.</summary>
    public static int[] WeightShape(OnnxNode node, Symbol weights, int rank)
    {
        var shape = weights switch
        {
            ConstantSymbol constant => constant.Tensor.Shape,
            QuantizedConstantSymbol quantized => quantized.Tensor.Shape,
            _ => throw node.Error("its weights are computed from the images, where an initializer is needed"),
        };
        return shape.Length == rank ? shape : throw node.Error($"its weights have the shape {Wording.Of(shape)}, "
            + $"where {rank} dimensions are needed");
    }

    private static void Linear(OnnxNode node, Scope scope, int outputAxis)
    {
        var source = scope.Layer(node);
        var weights = scope.Get(node, 1);
        var geometry = Windows.Linear(node, source.Shape, WeightShape(node, weights, 2), outputAxis);
        Define(node, scope, source, geometry, Constants.Weights(node, weights, geometry.Outputs, outputAxis), isFlat: true);
    }

    private static void Define(OnnxNode node, Scope scope, Layer source, ConvolutionGeometry geometry, LayerWeights weights, bool isFlat)
    {
        var bias = node.Input(2).Length == 0 ? new double[geometry.Outputs]
            : Constants.ForEachChannel(node, scope.Get(node, 2), geometry.Outputs, isFlat: true);
        scope.Define(node, new ConvLayer(node.Title, source, Windows.Result(node, geometry, isFlat), geometry, weights, bias));
    }
}
