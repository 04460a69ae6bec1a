using DistillKit.Edge.Execution;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>What a name of the file stands for while its nodes are read.</summary>
internal abstract record Symbol;

/// <summary>A float value of each image.</summary>
internal sealed record RealSymbol(Layer Layer) : Symbol;

/// <summary>An initializer.</summary>
internal sealed record ConstantSymbol(OnnxTensor Tensor) : Symbol;

/// <summary>A dequantized initializer: one scale, or one for each index of an axis; no zero points means zeros.</summary>
internal sealed record QuantizedConstantSymbol(OnnxTensor Tensor, float[] Scales, OnnxTensor? ZeroPoints, int Axis) : Symbol
{
    public double At(int index)
    {
        var channel = Scales.Length == 1 ? 0 : index / Stride % Scales.Length;
        return (double)Scales[channel] * (Tensor.IntegerAt(index) - (ZeroPoints?.IntegerAt(channel) ?? 0));
    }

    private int Stride { get; } = Product(Tensor.Shape.AsSpan(Math.Min(Axis + 1, Tensor.Shape.Length)));

    private static int Product(ReadOnlySpan<int> extents)
    {
        var product = 1;
        foreach (var extent in extents)
            product *= extent;
        return product;
    }
}

/// <summary>The integers of a QuantizeLinear, and what a DequantizeLinear must say to undo it.</summary>
internal sealed record QuantizedSymbol(QuantizeLinearLayer Layer, float Scale, long ZeroPoint, ElementType Type) : Symbol;

/// <summary>The three results of DynamicQuantizeLinear.</summary>
internal sealed record DynamicallyQuantizedSymbol(DynamicQuantizeLinearLayer Layer) : Symbol;

/// <inheritdoc cref="DynamicallyQuantizedSymbol"/>
internal sealed record DynamicScaleSymbol(DynamicQuantizeLinearLayer Layer) : Symbol;

/// <inheritdoc cref="DynamicallyQuantizedSymbol"/>
internal sealed record DynamicZeroPointSymbol(DynamicQuantizeLinearLayer Layer) : Symbol;

/// <summary>The scale of the input times those of the weights: one, or one for each output.</summary>
internal sealed record ProductOfScalesSymbol(DynamicQuantizeLinearLayer Layer, OnnxTensor WeightScales) : Symbol;

/// <summary>The 32-bit results of ConvInteger or MatMulInteger, before or after their cast to float.</summary>
internal sealed record AccumulatorsSymbol(
    DynamicQuantizeLinearLayer Source, ValueShape Shape, ConvolutionGeometry Geometry, ReadOnlyMemory<byte> Weights, bool IsCast) : Symbol;
