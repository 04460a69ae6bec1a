namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>TensorProto</c>: data as raw bytes or in typed fields, never outside the file.</summary>
internal static class TensorReader
{
    public static OnnxTensor Read(ReadOnlyMemory<byte> message)
    {
        var (name, type, isExternal) = ("", 0L, false);
        var dimensions = new List<long>();
        ReadOnlyMemory<byte>? raw = null;
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: field.AddTo(dimensions, OnnxTensor.MostDimensions); break;
                case 2: type = field.Integer; break;
                case 8: name = field.Text; break;
                case 9: raw = field.Bytes; break;
                case 14: isExternal = field.Integer != 0; break;
            }
        var tensor = new OnnxTensor(name, (ElementType)Math.Clamp(type, int.MinValue, int.MaxValue), [], default);
        if (!Enum.IsDefined(tensor.Type))
            throw tensor.Error($"has elements of type {OnnxTensor.NameOf(type)}, "
                + "which this engine does not know (it knows float, uint8, int8, int32 and int64)");
        if (isExternal)
            throw tensor.Error("keeps its data in another file, which this engine does not read; save the model as one file");
        tensor = tensor with { Shape = Shape(tensor, dimensions) };
        var elements = tensor.Shape.Aggregate(1L, (product, extent) => product * extent);
        var data = raw is { } bytes ? Checked(tensor, bytes, bytes.Length, elements) : Typed(tensor, message, elements);
        return tensor with { Data = data };
    }

    private static int[] Shape(OnnxTensor tensor, List<long> dimensions)
    {
        var elements = 1L;
        foreach (var extent in dimensions)
            if (extent < 0 || extent > Limits.FileBytes || (elements *= extent) > Limits.FileBytes)
                throw tensor.Error($"has a dimension of {extent}, which is negative or too large");
        return [.. dimensions.ConvertAll(extent => (int)extent)];
    }

    private static ReadOnlyMemory<byte> Checked(OnnxTensor tensor, ReadOnlyMemory<byte> data, long length, long elements) =>
        length == elements * OnnxTensor.SizeOf(tensor.Type) ? data
        : throw tensor.Error($"has {length} bytes of data, where its shape {Wording.Of(tensor.Shape)} "
            + $"needs {elements * OnnxTensor.SizeOf(tensor.Type)}");

    /// <summary>The bytes that <c>raw_data</c> would hold, from typed fields: an element takes at least a byte of the file.</summary>
    private static ReadOnlyMemory<byte> Typed(OnnxTensor tensor, ReadOnlyMemory<byte> message, long elements)
    {
        var (size, count) = (OnnxTensor.SizeOf(tensor.Type), 0L);
        var data = new byte[elements <= message.Length ? elements * size : 0];
        var number = tensor.Type switch { ElementType.Single => 4, ElementType.Int64 => 7, _ => 5 };
        foreach (var field in WireField.Of(message).Where(field => field.Number == number))
            if (tensor.Type == ElementType.Single)
            {
                var singles = field.Singles.Span;
                if (count * size + singles.Length <= data.Length)
                    singles.CopyTo(data.AsSpan((int)count * size));
                count += singles.Length / size;
            }
            else
                foreach (var value in field.Integers)
                {
                    if (count < data.Length / size)
                        Write(tensor, value, data.AsSpan((int)count * size, size));
                    count++;
                }
        return Checked(tensor, data, count * size, elements);
    }

    private static void Write(OnnxTensor tensor, long value, Span<byte> to)
    {
        var (least, greatest) = tensor.Type switch
        {
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.Int32 => (int.MinValue, int.MaxValue),
            ElementType.Int64 => (long.MinValue, long.MaxValue),
            _ => throw new UnreachableException($"integers of the type {tensor.Type}"),
        };
        if (value < least || value > greatest)
            throw tensor.Error($"holds {value}, which its type {tensor.Type} cannot");
        MemoryMarshal.AsBytes<long>([value])[..to.Length].CopyTo(to);
    }
}
