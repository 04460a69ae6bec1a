namespace DistillKit.Edge.Fusion;

/// <summary>Reads constants in the forms that files give them.</summary>
internal static class Constants
{
    /// <summary>Quantized values of larger scales would not be floats.</summary>
    private const float MostScale = 1e30f;

    /// <summary>A single float; <paramref name="otherwise"/> where the input is left out.</summary>
    public static float Single(OnnxNode node, Scope scope, int input, float otherwise) => scope.OptionalTensor(node, input) switch
    {
        null => otherwise,
        { Count: 1 } tensor when !float.IsNaN(tensor.Floats[0]) => tensor.Floats[0],
        var tensor => throw tensor.Error("is NaN or a list, where one number is needed"),
    };

    /// <summary>Positive, finite scales: one, or as many as the axis is long.</summary>
    public static float[] Scales(OnnxTensor tensor)
    {
        foreach (var scale in tensor.Floats)
            if (!(scale > 0 && scale <= MostScale))
                throw tensor.Error($"holds the scale {scale}, which is not positive and finite, or above {MostScale}");
        return tensor.Floats.ToArray();
    }

    /// <summary>One number for each channel, from an initializer of the shape [channels], [1], or with ones around.</summary>
    public static double[] ForEachChannel(ConstantSymbol constant, int channels, bool isFlat)
    {
        var tensor = constant.Tensor;
        var axis = tensor.Shape.Length - (isFlat ? 1 : 3);
        if (tensor.Count != 1 && (tensor.Count != channels || axis < 0 || tensor.Shape[axis] != channels))
            throw tensor.Error($"has the shape {Wording.Of(tensor.Shape)}, where one value for each of {channels} channels is needed");
        double[] values = [.. Enumerable.Range(0, channels).Select(i => constant.At(tensor.Count == 1 ? 0 : i))];
        return Array.TrueForAll(values, value => float.IsFinite((float)value)) ? values
            : throw tensor.Error($"holds {values.First(value => !float.IsFinite((float)value))}, which is not a finite number");
    }

    /// <summary>The weights of a layer, in the file's order.</summary>
    /// <param name="outputAxis">The axis of the outputs: 0, or 1 for a matrix that has to be transposed.</param>
    public static LayerWeights Weights(ConstantSymbol constant, int outputs, int outputAxis)
    {
        var (tensor, scales) = (constant.Tensor, constant.Scales);
        foreach (var value in scales is null ? tensor.Floats : [])
            if (!float.IsFinite(value))
                throw tensor.Error($"holds {value}, which is not a finite number");
        if (scales is null)
            return new(Oriented(tensor.Data, tensor.Shape, sizeof(float), outputAxis));
        if (Signed(constant, scales) is { } integers && (scales.Length == 1 || constant.Axis == outputAxis))
            return new(Oriented(integers, tensor.Shape, 1, outputAxis),
                scales.Length == outputs ? scales : [.. Enumerable.Repeat(scales[0], outputs)]);
        float[] floats = [.. Enumerable.Range(0, tensor.Count).Select(i => (float)constant.At(i))];
        return new(Oriented(MemoryMarshal.AsBytes<float>(floats).ToArray(), tensor.Shape, sizeof(float), outputAxis));
    }

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

    /// <summary>The weights as s8 around 0; null where their type or their zero points do not allow it.</summary>
    private static ReadOnlyMemory<byte>? Signed(ConstantSymbol constant, float[] scales)
    {
        var tensor = constant.Tensor;
        if (tensor.Type is not (ElementType.Int8 or ElementType.UInt8))
            return null;
        var zeroPoint = tensor.Type == ElementType.Int8 ? 0 : 128;
        for (var i = 0; i < scales.Length; i++)
            if ((constant.ZeroPoints?.IntegerAt(i) ?? 0) != zeroPoint)
                return null;
        return zeroPoint == 0 ? tensor.Data : Array.ConvertAll(tensor.Data.ToArray(), value => (byte)(value ^ 0x80));
    }
}
