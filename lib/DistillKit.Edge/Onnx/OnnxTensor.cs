namespace DistillKit.Edge.Onnx;

/// <summary>The element types that the engine knows, with ONNX's numbers.</summary>
internal enum ElementType { Single = 1, UInt8 = 2, Int8 = 3, Int32 = 6, Int64 = 7 }

/// <summary>A constant of the file: its shape is checked against its data when it is read.</summary>
/// <param name="Data">The elements, little-endian, row-major: a slice of the file where possible.</param>
internal sealed record OnnxTensor(string Name, ElementType Type, int[] Shape, ReadOnlyMemory<byte> Data)
{
    public const int MostDimensions = 8;

    private static readonly string[] typeNames =
        ["undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
        "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4"];

    public int Count => Data.Length / SizeOf(Type);

    public ReadOnlySpan<float> Floats => Type == ElementType.Single ? MemoryMarshal.Cast<byte, float>(Data.Span)
        : throw Error($"has elements of type {NameOf((int)Type)}, where float is needed");

    /// <summary>One element of any of the integer types.</summary>
    public long IntegerAt(int index) => Type switch
    {
        ElementType.UInt8 => Data.Span[index],
        ElementType.Int8 => (sbyte)Data.Span[index],
        ElementType.Int32 => MemoryMarshal.Cast<byte, int>(Data.Span)[index],
        ElementType.Int64 => MemoryMarshal.Cast<byte, long>(Data.Span)[index],
        _ => throw Error($"has elements of type {NameOf((int)Type)}, where integers are needed"),
    };

    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.Single or ElementType.Int32 => 4,
        ElementType.Int64 => 8,
        _ => throw new UnreachableException($"a tensor has elements of the unknown type {type}"),
    };

    /// <summary>What ONNX calls an element type.</summary>
    public static string NameOf(long type) => type >= 0 && type < typeNames.Length ? typeNames[type] : $"number {type}";

    public EdgeException Error(string what) => new($"The initializer {Wording.Quoted(Name)} {what}. Export the model again.");
}
