using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime.Interop;

/// <summary>The element types of tensors that have a .NET type.</summary>
internal static class ElementTypes
{
    static readonly (TensorElementType Element, Type Type, int Size)[] All =
    [
        (TensorElementType.Float, typeof(float), 4), (TensorElementType.UInt8, typeof(byte), 1), (TensorElementType.Int8, typeof(sbyte), 1),
        (TensorElementType.UInt16, typeof(ushort), 2), (TensorElementType.Int16, typeof(short), 2), (TensorElementType.Int32, typeof(int), 4),
        (TensorElementType.Int64, typeof(long), 8), (TensorElementType.String, typeof(string), 0), (TensorElementType.Bool, typeof(bool), 1),
        (TensorElementType.Double, typeof(double), 8), (TensorElementType.UInt32, typeof(uint), 4), (TensorElementType.UInt64, typeof(ulong), 8),
    ];

    /// <summary>The element type for a .NET type, and its bytes.</summary>
    internal static (TensorElementType Element, int Size) Of(Type type)
    {
        foreach (var known in All)
            if (known.Type == type && known.Element != TensorElementType.String)
                return (known.Element, known.Size);
        throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor of type: {type} is not supported");
    }

    /// <summary>The .NET type for an element type, and its bytes.</summary>
    internal static (Type Type, int Size) Of(TensorElementType element)
    {
        foreach (var known in All)
            if (known.Element == element)
                return (known.Type, known.Size);
        throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Element type: {element} is not registered type.");
    }
}
