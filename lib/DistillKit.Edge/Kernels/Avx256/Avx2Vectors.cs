namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>The 256-bit sets of x86, with the dot product as a parameter. Avx512.EpilogueCode explains the epilogue's arithmetic.</summary>
internal readonly unsafe struct Avx2Vectors<TDot> : IByteVectors<Vector256<int>, Vector256<byte>> where TDot : struct, IDotProduct
{
    public static string Name => TDot.Name;
    public static bool IsSupported => TDot.IsSupported;
    public static int ActivationShift => 0;
    private static PanelOffsets Offsets => BytePanel.Offsets;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Activations(byte* values) => Vector256.Load(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(byte* group) => Vector256.Create(Unsafe.ReadUnaligned<uint>(group)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Weights(sbyte* values) => Vector256.Load((byte*)values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* sums) => Vector256.Load(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<byte> weights) =>
        TDot.Add(sum, activations, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(byte* top, byte* middle, byte* bottom, byte* groups)
    {
        var (a, b, c) = (Vector256.Load(top), Vector256.Load(middle), Vector256.Load(bottom));
        var (low, high) = (Avx2.UnpackLow(a, b).AsInt16(), Avx2.UnpackHigh(a, b).AsInt16());
        var (lowest, highest) = (Avx2.UnpackLow(c, c).AsInt16(), Avx2.UnpackHigh(c, c).AsInt16());
        Avx2.UnpackLow(low, lowest).Store((short*)groups);
        Avx2.UnpackHigh(low, lowest).Store((short*)(groups + 32));
        Avx2.UnpackLow(high, highest).Store((short*)(groups + 64));
        Avx2.UnpackHigh(high, highest).Store((short*)(groups + 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector256<int> first, Vector256<int> second, byte* parameters, byte* output)
    {
        var words = Round(first, second, parameters, 0);
        Avx2.Permute4x64(Limit(Avx2.PackUnsignedSaturate(words, words), parameters).AsInt64(), 0b1000).GetLower().AsByte().Store(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(
        Vector256<int> first, Vector256<int> second, Vector256<int> third, Vector256<int> fourth, byte* parameters, byte* output)
    {
        var (low, high) = (Round(first, second, parameters, 0), Round(third, fourth, parameters, 2));
        Limit(Avx2.PackUnsignedSaturate(low, high), parameters).Store(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(Vector256<int> sums, byte* parameters, int column, float* firstLane, float* secondLane)
    {
        var at = BytePanel.Column(parameters, column);
        var values = Vector256.ConvertToSingle(sums) * Vector256.Load((float*)(at + Offsets.Factor))
            + Vector256.Load((float*)(at + Offsets.FloatBias));
        values = Vector256.Max(values, Vector256.Load((float*)(parameters + Offsets.Minimum)));
        values = Vector256.Min(values, Vector256.Load((float*)(parameters + Offsets.Maximum)));
        values.GetLower().Store(firstLane);
        values.GetUpper().Store(secondLane);
    }

    /// <summary>Two columns as 16-bit numbers, with the zero point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Round(Vector256<int> first, Vector256<int> second, byte* parameters, int column)
    {
        var words = Avx2.PackSignedSaturate(
            ToHalves(first, BytePanel.Column(parameters, column)), ToHalves(second, BytePanel.Column(parameters, column + 1)));
        return Avx2.AddSaturate(words, Vector256.Load((short*)(parameters + Offsets.Rounding))) >> 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> ToHalves(Vector256<int> sums, byte* at)
    {
        sums = Vector256.Min(Vector256.Max(sums, Vector256.Load((int*)(at + Offsets.Low))), Vector256.Load((int*)(at + Offsets.High)));
        sums = Avx2.ShiftLeftLogicalVariable(sums, Vector256.Load((uint*)(at + Offsets.Excess)));
        var even = Avx2.Multiply(sums, Vector256.Load((int*)(at + Offsets.Even)));
        var odd = Avx2.Multiply((sums.AsUInt64() >> 32).AsInt32(), Vector256.Load((int*)(at + Offsets.Odd)));
        return Avx2.Blend((even >>> 32).AsInt32(), odd.AsInt32(), 0b10101010);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Limit(Vector256<byte> values, byte* parameters) =>
        Vector256.Min(Vector256.Max(values, Vector256.Load(parameters + Offsets.Minimum)), Vector256.Load(parameters + Offsets.Maximum));
}

/// <summary>The instructions in which the 256-bit sets differ: eight dot products of four bytes, unsigned and signed ones.</summary>
internal interface IDotProduct
{
    public abstract static string Name { get; }

    public abstract static bool IsSupported { get; }

    public abstract static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<byte> weights);
}

/// <summary>AVX-VNNI: Intel since Alder Lake, AMD since Zen 5.</summary>
internal readonly struct VnniDotProduct : IDotProduct
{
    public static string Name => "avx-vnni";
    public static bool IsSupported => AvxVnni.IsSupported && Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<byte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sum, activations, weights.AsSByte());
}

/// <summary>AVX2: even and odd bytes become 16-bit numbers, whose products vpmaddwd adds in 32 bits. (vpmaddubsw would take bytes, but
/// saturates at 16 bits.) The compiler widens an operand once for all the products that it takes part in.</summary>
internal readonly struct WideningDotProduct : IDotProduct
{
    public static string Name => "avx2";
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<byte> weights)
    {
        var (unsigned, signed) = (activations.AsInt16(), weights.AsInt16());
        return sum + Avx2.MultiplyAddAdjacent(unsigned & Vector256.Create((short)0xFF), (signed << 8) >> 8)
            + Avx2.MultiplyAddAdjacent(unsigned >>> 8, signed >> 8);
    }
}
