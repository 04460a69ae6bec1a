using System.Runtime.InteropServices;

namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>TensorProto</c>: data as raw bytes or in typed fields, never outside the file.</summary>
internal static class TensorReader
{
    private const int MostDimensions = 8;

    public static OnnxTensor Read(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var (name, type, isExternal) = ("", 0L, false);
        List<long> dimensions = [], integers = [];
        var singles = new List<float>();
        ReadOnlyMemory<byte>? raw = null;
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: reader.Integers(dimensions, MostDimensions); break;
                case 2: type = reader.Integer(); break;
                case 4: Singles(ref reader, singles); break;
                case 5 or 7: reader.Integers(integers, Limits.FileBytes); break;
                case 8: name = reader.Text(); break;
                case 9: raw = reader.Bytes(); break;
                case 14: isExternal = reader.Integer() != 0; break;
                default: reader.Skip(); break;
            }
        var tensor = new OnnxTensor(name, (ElementType)Math.Clamp(type, int.MinValue, int.MaxValue), Shape(name, dimensions), default);
        if (!Enum.IsDefined(tensor.Type))
            throw tensor.Error($"has elements of type {type}, which this engine does not know (it knows float, uint8, int8, int32 and int64)");
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

    private static void Singles(ref WireReader reader, List<float> into)
    {
        if (!reader.IsBytes)
        {
            into.Add(reader.Single());
            return;
        }
        var packed = reader.Bytes();
        if (packed.Length % sizeof(float) != 0)
            throw WireReader.Malformed("a list of numbers is cut off");
        into.AddRange(MemoryMarshal.Cast<byte, float>(packed.Span));
    }

    /// <summary>Turns the typed fields into the bytes that <c>raw_data</c> would hold.</summary>
    private static byte[] Packed(OnnxTensor tensor, List<long> integers, List<float> singles) => tensor.Type switch
    {
        ElementType.Single => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(singles)).ToArray(),
        ElementType.UInt8 => Array.ConvertAll([.. integers], value => Fits(tensor, value, byte.MinValue, byte.MaxValue) ? (byte)value : default),
        ElementType.Int8 => Array.ConvertAll([.. integers], value => Fits(tensor, value, sbyte.MinValue, sbyte.MaxValue) ? (byte)value : default),
        ElementType.Int32 => MemoryMarshal.AsBytes<int>(Array.ConvertAll([.. integers], value => Fits(tensor, value, int.MinValue, int.MaxValue) ? (int)value : 0)).ToArray(),
        _ => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(integers)).ToArray(),
    };

    private static bool Fits(OnnxTensor tensor, long value, long minimum, long maximum) => value >= minimum && value <= maximum ? true
        : throw tensor.Error($"holds {value}, which its type {tensor.Type} cannot");
}
