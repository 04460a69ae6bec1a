namespace DistillKit.Edge.Fusion;

/// <summary>What a name of the file stands for while its nodes are read.</summary>
internal abstract record Symbol;

/// <summary>A float value of each image.</summary>
internal sealed record RealSymbol(Layer Layer) : Symbol;

/// <summary>An initializer, as it is in the file or dequantized.</summary>
/// <param name="Scales">One, or one for each index of the axis; null where it is not dequantized.</param>
/// <param name="ZeroPoints">As many as scales; null for zeros.</param>
internal sealed record ConstantSymbol(OnnxTensor Tensor, float[]? Scales = null, OnnxTensor? ZeroPoints = null, int Axis = 0) : Symbol
{
    public double At(int index)
    {
        if (Scales is null)
            return Tensor.Floats[index];
        var channel = Scales.Length == 1 ? 0 : index / Stride % Scales.Length;
        return (double)Scales[channel] * (Tensor.IntegerAt(index) - (ZeroPoints?.IntegerAt(channel) ?? 0));
    }

    private int Stride { get; } = Tensor.Shape.Skip(Axis + 1).Aggregate(1, (product, extent) => product * extent);
}

/// <summary>The integers of a QuantizeLinear, and what a DequantizeLinear must say to undo it.</summary>
internal sealed record QuantizedSymbol(QuantizeLinearLayer Layer, float Scale, long ZeroPoint, ElementType Type) : Symbol;

/// <summary>One of the three results of DynamicQuantizeLinear.</summary>
internal sealed record DynamicSymbol(DynamicQuantizeLinearLayer Layer, DynamicPart Part) : Symbol;

internal enum DynamicPart { Integers, Scale, ZeroPoint }

/// <summary>The scale of the input times those of the weights: one, or one for each output.</summary>
internal sealed record ProductOfScalesSymbol(DynamicQuantizeLinearLayer Layer, OnnxTensor WeightScales) : Symbol;

/// <summary>The 32-bit results of ConvInteger or MatMulInteger, before or after their cast to float.</summary>
internal sealed record AccumulatorsSymbol(
    DynamicQuantizeLinearLayer Source, ValueShape Shape, ConvolutionGeometry Geometry, ReadOnlyMemory<byte> Weights, bool IsCast) : Symbol;
