using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>TorchSharp's own binary form of a tensor: element type, rank and sizes as LEB128 numbers, then the elements.</summary>
internal static class TensorFormat
{
    public static void Write(BinaryWriter writer, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        writer.Write7BitEncodedInt64((long)plain.dtype);
        writer.Write7BitEncodedInt64(plain.shape.Length);
        foreach (var size in plain.shape) writer.Write7BitEncodedInt64(size);
        writer.Write(plain.bytes);
    }

    public static Tensor Read(BinaryReader reader)
    {
        var type = (ScalarType)reader.Read7BitEncodedInt64();
        var shape = new long[reader.Read7BitEncodedInt64()];
        for (var i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
        var tensor = empty(shape, dtype: type, device: CPU);
        reader.BaseStream.ReadExactly(tensor.bytes);
        return tensor;
    }

    public static void CopyInto(Tensor target, Tensor value)
    {
        if (value.dtype != target.dtype)
            throw new ArgumentException("Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        if (!value.shape.SequenceEqual(target.shape))
            throw new ArgumentException("Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        using var _ = no_grad();
        target.copy_(value);
    }

    public static void WriteOptional(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        if (tensor is not null) Write(writer, tensor);
    }

    /// <summary>Replaces the tensor by the one in the file, or by null where the file has none. It outlives the dispose scope.</summary>
    public static void ReadOptional(BinaryReader reader, ref Tensor? tensor, Device device)
    {
        tensor?.Dispose();
        tensor = reader.ReadBoolean() ? Read(reader).to(device).DetachFromDisposeScope() : null;
    }
}
