namespace DistillKit.Edge.Kernels.Arm;

/// <summary>Two 128-bit vectors: the lanes of one of 256 bits.</summary>
internal readonly struct Pair<T>(Vector128<T> first, Vector128<T> second)
{
    public readonly Vector128<T> First = first, Second = second;
}

/// <summary>For ARM processors with the dot product extension (ARMv8.2 and later: Cortex-A55 and A75 on, Apple's, Graviton 2 on). The dot
/// product is signed on both sides. Activations lose 128, which one bit's flip does, and so does their zero point when it is folded into
/// the bias: (x - 128) - (z - 128) = x - z.</summary>
internal readonly unsafe struct ArmVectors : IByteVectors<Pair<int>, Pair<sbyte>>
{
    public static string Name => "arm-dotprod";
    public static bool IsSupported => Dp.IsSupported && AdvSimd.Arm64.IsSupported;
    public static int ActivationShift => 128;
    private static PanelOffsets Offsets => BytePanel.Offsets;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<sbyte> Activations(byte* values) => new(Signed(Vector128.Load(values)), Signed(Vector128.Load(values + 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<sbyte> Broadcast(byte* group)
    {
        var values = Signed(Vector128.Create(Unsafe.ReadUnaligned<uint>(group)).AsByte());
        return new(values, values);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<sbyte> Weights(sbyte* values) => new(Vector128.Load(values), Vector128.Load(values + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<int> Load(int* sums) => new(Vector128.Load(sums), Vector128.Load(sums + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<int> Add(Pair<int> sum, Pair<sbyte> activations, Pair<sbyte> weights) =>
        new(Dp.DotProduct(sum.First, activations.First, weights.First), Dp.DotProduct(sum.Second, activations.Second, weights.Second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(byte* top, byte* middle, byte* bottom, byte* groups)
    {
        for (var lane = 0; lane < 32; lane += 16)
        {
            var (a, b, c) = (Vector128.Load(top + lane), Vector128.Load(middle + lane), Vector128.Load(bottom + lane));
            var (low, high) = (AdvSimd.Arm64.ZipLow(a, b).AsInt16(), AdvSimd.Arm64.ZipHigh(a, b).AsInt16());
            var (lowest, highest) = (AdvSimd.Arm64.ZipLow(c, c).AsInt16(), AdvSimd.Arm64.ZipHigh(c, c).AsInt16());
            AdvSimd.Arm64.ZipLow(low, lowest).Store((short*)(groups + lane));
            AdvSimd.Arm64.ZipHigh(low, lowest).Store((short*)(groups + 32 + lane));
            AdvSimd.Arm64.ZipLow(high, highest).Store((short*)(groups + 64 + lane));
            AdvSimd.Arm64.ZipHigh(high, highest).Store((short*)(groups + 96 + lane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Pair<int> first, Pair<int> second, byte* parameters, byte* output)
    {
        var low = Round(first.First, second.First, parameters, 0, 0);
        var high = Round(first.Second, second.Second, parameters, 0, 16);
        Limit(low, high, parameters).Store(output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Pair<int> first, Pair<int> second, Pair<int> third, Pair<int> fourth, byte* parameters, byte* output)
    {
        var (low, high) = (Round(first.First, second.First, parameters, 0, 0), Round(third.First, fourth.First, parameters, 2, 0));
        Limit(low, high, parameters).Store(output);
        (low, high) = (Round(first.Second, second.Second, parameters, 0, 16), Round(third.Second, fourth.Second, parameters, 2, 16));
        Limit(low, high, parameters).Store(output + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(Pair<int> sums, byte* parameters, int column, float* firstLane, float* secondLane)
    {
        ToFloats(sums.First, parameters, BytePanel.Column(parameters, column)).Store(firstLane);
        ToFloats(sums.Second, parameters, BytePanel.Column(parameters, column) + 16).Store(secondLane);
    }

    private static Vector128<sbyte> Signed(Vector128<byte> activations) =>
        (activations ^ Vector128.Create((byte)ActivationShift)).AsSByte();

    /// <summary>One lane of two columns as 16-bit numbers, with the zero point.</summary>
    /// <param name="lane">Bytes from the beginning of a vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Round(Vector128<int> first, Vector128<int> second, byte* parameters, int column, int lane)
    {
        var low = ToHalves(first, BytePanel.Column(parameters, column) + lane);
        var high = ToHalves(second, BytePanel.Column(parameters, column + 1) + lane);
        var words = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high);
        return AdvSimd.AddSaturate(words, Vector128.Load((short*)(parameters + Offsets.Rounding))) >> 1;
    }

    /// <summary>Twice the scaled values, rounded down: the upper halves of 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ToHalves(Vector128<int> sums, byte* at)
    {
        sums = Vector128.Min(Vector128.Max(sums, Vector128.Load((int*)(at + Offsets.Low))), Vector128.Load((int*)(at + Offsets.High)));
        sums = AdvSimd.ShiftLogical(sums, Vector128.Load((int*)(at + Offsets.Excess)));
        var multipliers = Vector128.Load((int*)(at + Offsets.Even));
        var low = AdvSimd.MultiplyWideningLower(sums.GetLower(), multipliers.GetLower());
        var high = AdvSimd.MultiplyWideningUpper(sums, multipliers);
        return AdvSimd.Arm64.UnzipOdd(low.AsInt32(), high.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Limit(Vector128<short> first, Vector128<short> second, byte* parameters)
    {
        var bytes = AdvSimd.ExtractNarrowingSaturateUnsignedUpper(AdvSimd.ExtractNarrowingSaturateUnsignedLower(first), second);
        bytes = Vector128.Max(bytes, Vector128.Load(parameters + Offsets.Minimum));
        return Vector128.Min(bytes, Vector128.Load(parameters + Offsets.Maximum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ToFloats(Vector128<int> sums, byte* parameters, byte* at)
    {
        var values = Vector128.ConvertToSingle(sums) * Vector128.Load((float*)(at + Offsets.Factor))
            + Vector128.Load((float*)(at + Offsets.FloatBias));
        values = Vector128.Max(values, Vector128.Load((float*)(parameters + Offsets.Minimum)));
        return Vector128.Min(values, Vector128.Load((float*)(parameters + Offsets.Maximum)));
    }
}
