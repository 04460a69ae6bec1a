namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>TensorProto</c>: data as raw bytes or in typed fields, never outside the file.</summary>
internal static class TensorReader
{
    public static OnnxTensor Read(ReadOnlyMemory<byte> message)
    {
        var (name, type, isExternal) = ("", 0L, false);
        List<long> dimensions = [], integers = [];
        var singles = new List<float>();
        ReadOnlyMemory<byte>? raw = null;
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: field.AddTo(dimensions, OnnxTensor.MostDimensions); break;
                case 2: type = field.Integer; break;
                case 4: field.AddTo(singles); break;
                case 5 or 7: field.AddTo(integers, Limits.FileBytes); break;
                case 8: name = field.Text; break;
                case 9: raw = field.Bytes; break;
                case 14: isExternal = field.Integer != 0; break;
            }
        var tensor = new OnnxTensor(name, (ElementType)Math.Clamp(type, int.MinValue, int.MaxValue), Shape(name, dimensions), default);
        if (!Enum.IsDefined(tensor.Type))
            throw tensor.Error($"has elements of type {type}, "
                + "which this engine does not know (it knows float, uint8, int8, int32 and int64)");
        if (isExternal)
            throw tensor.Error("keeps its data in another file, which this engine does not read; save the model as one file");
        return Checked(tensor with { Data = raw ?? Packed(tensor, integers, singles) });
    }

    private static OnnxTensor Checked(OnnxTensor tensor)
    {
        var expected = (long)OnnxTensor.SizeOf(tensor.Type);
        foreach (var extent in tensor.Shape)
            expected *= extent;
        return tensor.Data.Length == expected ? tensor
            : throw tensor.Error($"has {tensor.Data.Length} bytes of data, where its shape {Wording.Of(tensor.Shape)} needs {expected}");
    }

    private static int[] Shape(string name, List<long> dimensions)
    {
        var elements = 1L;
        foreach (var extent in dimensions)
            if (extent < 1 || extent > Limits.FileBytes || (elements *= extent) > Limits.FileBytes)
                throw new OnnxTensor(name, 0, [], default).Error($"has a dimension of {extent}, which is empty or too large");
        return [.. dimensions.ConvertAll(extent => (int)extent)];
    }

    /// <summary>Turns the typed fields into the bytes that <c>raw_data</c> would hold.</summary>
    private static byte[] Packed(OnnxTensor tensor, List<long> integers, List<float> singles) => tensor.Type switch
    {
        ElementType.Single => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(singles)).ToArray(),
        ElementType.UInt8 => [.. integers.ConvertAll(value => (byte)Fitting(tensor, value, byte.MinValue, byte.MaxValue))],
        ElementType.Int8 => [.. integers.ConvertAll(value => (byte)Fitting(tensor, value, sbyte.MinValue, sbyte.MaxValue))],
        ElementType.Int32 => MemoryMarshal.AsBytes<int>(
            [.. integers.ConvertAll(value => (int)Fitting(tensor, value, int.MinValue, int.MaxValue))]).ToArray(),
        ElementType.Int64 => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(integers)).ToArray(),
        _ => throw tensor.Error($"has elements of the unknown type {tensor.Type}"),
    };

    private static long Fitting(OnnxTensor tensor, long value, long minimum, long maximum) => value >= minimum && value <= maximum ? value
        : throw tensor.Error($"holds {value}, which its type {tensor.Type} cannot");
}
