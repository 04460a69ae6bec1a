namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>The instructions in which the 256-bit sets differ: eight dot products of four bytes each.</summary>
/// <typeparam name="TOperand">What 32 bytes become before they are multiplied.</typeparam>
internal interface IDotProduct<TOperand>
{
    public abstract static string Name { get; }

    public abstract static bool IsSupported { get; }

    public abstract static TOperand Unsigned(Vector256<byte> activations);
    public abstract static TOperand Signed(Vector256<sbyte> weights);
    public abstract static Vector256<int> Add(Vector256<int> sum, TOperand activations, TOperand weights);
}

/// <summary>AVX-VNNI: Intel since Alder Lake, AMD since Zen 5.</summary>
internal readonly struct VnniDotProduct : IDotProduct<Vector256<byte>>
{
    public static string Name => "avx-vnni";
    public static bool IsSupported => AvxVnni.IsSupported && Avx2.IsSupported;

    public static Vector256<byte> Unsigned(Vector256<byte> activations) => activations;
    public static Vector256<byte> Signed(Vector256<sbyte> weights) => weights.AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<byte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sum, activations, weights.AsSByte());
}

/// <summary>
/// AVX2: even and odd bytes become 16-bit numbers, whose products vpmaddwd adds in 32 bits. (vpmaddubsw would take bytes, but saturates at
/// 16 bits.)
/// </summary>
internal readonly struct WideningDotProduct : IDotProduct<WideningDotProduct.Operand>
{
    public static string Name => "avx2";
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Operand Unsigned(Vector256<byte> activations) =>
        new(activations.AsInt16() & Vector256.Create((short)0xFF), activations.AsInt16() >>> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Operand Signed(Vector256<sbyte> weights) => new((weights.AsInt16() << 8) >> 8, weights.AsInt16() >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Operand activations, Operand weights) =>
        sum + Avx2.MultiplyAddAdjacent(activations.Even, weights.Even) + Avx2.MultiplyAddAdjacent(activations.Odd, weights.Odd);

    internal readonly struct Operand(Vector256<short> even, Vector256<short> odd)
    {
        public readonly Vector256<short> Even = even, Odd = odd;
    }
}
