using DistillKit.Edge.Onnx;

namespace DistillKit.Edge.Fusion;

/// <summary>Reads constants in the forms that files give them.</summary>
internal static class Constants
{
    /// <summary>A single float; <paramref name="otherwise"/> where the input is left out.</summary>
    public static float Single(OnnxNode node, Scope scope, int input, float otherwise) => scope.OptionalTensor(node, input) switch
    {
        null => otherwise,
        { Count: 1 } tensor => tensor.Floats[0],
        var tensor => throw tensor.Error("is a list, where one number is needed"),
    };

    /// <summary>Positive, finite scales: one, or as many as the axis is long.</summary>
    public static float[] Scales(OnnxTensor tensor)
    {
        var scales = tensor.Floats.ToArray();
        foreach (var scale in scales)
            if (!(scale > 0 && float.IsFinite(scale)))
                throw tensor.Error($"holds the scale {scale}, which is not positive and finite");
        return scales;
    }

    /// <summary>
    /// One float for each channel, from a float or dequantized initializer of the shape [channels], [1], or with ones around.
    /// </summary>
    public static double[] ForEachChannel(OnnxNode node, Symbol symbol, int channels, bool isFlat)
    {
        var tensor = symbol switch
        {
            ConstantSymbol constant => constant.Tensor,
            QuantizedConstantSymbol quantized => quantized.Tensor,
            _ => throw NotConstant(node),
        };
        var axis = tensor.Shape.Length - (isFlat ? 1 : 3);
        if (tensor.Count != 1 && (tensor.Count != channels || axis < 0 || tensor.Shape[axis] != channels))
            throw tensor.Error($"has the shape {Wording.Of(tensor.Shape)}, where one value for each of {channels} channels is needed");
        var values = new double[channels];
        for (var i = 0; i < channels; i++)
            values[i] = symbol is QuantizedConstantSymbol integers
                ? integers.At(tensor.Count == 1 ? 0 : i) : tensor.Floats[tensor.Count == 1 ? 0 : i];
        return values;
    }

    /// <summary>The weights of a layer, in the file's order.</summary>
    /// <param name="outputAxis">The axis of the outputs: 0, or 1 for a matrix that has to be transposed.</param>
    public static LayerWeights Weights(OnnxNode node, Symbol symbol, int outputs, int outputAxis) => symbol switch
    {
        QuantizedConstantSymbol { Tensor: var tensor } quantized
            when Signed(quantized) is { } integers && (quantized.Scales.Length == 1 || quantized.Axis == outputAxis) =>
            new(Oriented(integers, tensor.Shape, 1, outputAxis), Spread(quantized.Scales, outputs)),
        QuantizedConstantSymbol quantized => new(Oriented(Dequantized(quantized), quantized.Tensor.Shape, sizeof(float), outputAxis)),
        ConstantSymbol { Tensor: var tensor } => new(Oriented(FloatData(tensor), tensor.Shape, sizeof(float), outputAxis)),
        _ => throw NotConstant(node),
    };

    public static EdgeException NotConstant(OnnxNode node) =>
        node.Error("an input that must be an initializer is computed from the images");

    /// <summary>Turns a matrix [inputs, outputs] into [outputs, inputs]; leaves anything else alone.</summary>
    public static ReadOnlyMemory<byte> Oriented(ReadOnlyMemory<byte> data, int[] shape, int elementBytes, int outputAxis)
    {
        if (outputAxis == 0)
            return data;
        var (inputs, outputs) = (shape[0], shape[1]);
        var source = data.Span;
        var transposed = new byte[data.Length];
        for (var i = 0; i < inputs; i++)
            for (var o = 0; o < outputs; o++)
                source.Slice((i * outputs + o) * elementBytes, elementBytes).CopyTo(transposed.AsSpan((o * inputs + i) * elementBytes));
        return transposed;
    }

    public static float[] Spread(float[] scales, int outputs)
    {
        if (scales.Length == outputs)
            return scales;
        var all = new float[outputs];
        Array.Fill(all, scales[0]);
        return all;
    }

    private static ReadOnlyMemory<byte> FloatData(OnnxTensor tensor) => tensor.Floats.IsEmpty ? default : tensor.Data;

    /// <summary>The weights as s8 around 0; null where their zero points do not allow it.</summary>
    private static ReadOnlyMemory<byte>? Signed(QuantizedConstantSymbol quantized)
    {
        if (quantized.Tensor.Type is not (ElementType.Int8 or ElementType.UInt8))
            return null;
        var zeroPoint = quantized.Tensor.Type == ElementType.Int8 ? 0 : 128;
        for (var i = 0; i < quantized.Scales.Length; i++)
            if ((quantized.ZeroPoints?.IntegerAt(i) ?? 0) != zeroPoint)
                return null;
        return zeroPoint == 0 ? quantized.Tensor.Data : Array.ConvertAll(quantized.Tensor.Data.ToArray(), value => (byte)(value ^ 0x80));
    }

    private static byte[] Dequantized(QuantizedConstantSymbol quantized)
    {
        var bytes = new byte[quantized.Tensor.Count * (long)sizeof(float)];
        for (var i = 0; i < quantized.Tensor.Count; i++)
            BitConverter.TryWriteBytes(bytes.AsSpan(i * sizeof(float)), (float)quantized.At(i));
        return bytes;
    }
}
