namespace DistillKit.Edge.Onnx;

/// <summary>The element types that the engine knows, with ONNX's numbers.</summary>
internal enum ElementType { Single = 1, UInt8 = 2, Int8 = 3, Int32 = 6, Int64 = 7 }

/// <summary>A constant of the file: its shape is checked against its data when it is read.</summary>
/// <param name="Data">The elements, little-endian, row-major: a slice of the file where possible.</param>
internal sealed record OnnxTensor(string Name, ElementType Type, int[] Shape, ReadOnlyMemory<byte> Data)
{
    public const int MostDimensions = 8;

    public int Count => Data.Length / SizeOf(Type);

    public ReadOnlySpan<float> Floats => As<float>(ElementType.Single);
    public ReadOnlySpan<byte> Bytes => As<byte>(ElementType.UInt8);
    public ReadOnlySpan<sbyte> SignedBytes => As<sbyte>(ElementType.Int8);
    public ReadOnlySpan<int> Integers => As<int>(ElementType.Int32);
    public ReadOnlySpan<long> LongIntegers => As<long>(ElementType.Int64);

    /// <summary>One element of any of the integer types.</summary>
    public long IntegerAt(int index) => Type switch
    {
        ElementType.UInt8 => Bytes[index],
        ElementType.Int8 => SignedBytes[index],
        ElementType.Int32 => Integers[index],
        ElementType.Int64 => LongIntegers[index],
        ElementType.Single => throw Error($"has elements of type {Type}, where integers are needed"),
        _ => throw UnknownType(Type),
    };

    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.Single or ElementType.Int32 => 4,
        ElementType.Int64 => 8,
        _ => throw UnknownType(type),
    };

    public EdgeException Error(string what) => new($"The initializer {Wording.Quoted(Name)} {what}. Export the model again.");

    private static UnreachableException UnknownType(ElementType type) => new($"a tensor has elements of the unknown type {type}");

    private ReadOnlySpan<T> As<T>(ElementType type) where T : unmanaged => Type == type ? MemoryMarshal.Cast<byte, T>(Data.Span)
        : throw Error($"has elements of type {Type}, where {type} is needed");
}
