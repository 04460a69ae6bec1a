using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>The epilogues on vectors of eight accumulators; the arithmetic is that of <see cref="Avx512.EpilogueCode"/>.</summary>
internal static unsafe class EpilogueVectors
{
    public const int Lanes = 8;

    /// <summary>Made anew at each use, so that the compiler sees constants.</summary>
    private static PanelLayout Layout => new(Lanes);

    public static Vector256<int> LoadBias(byte* parameters, int column) => Vector256.Load((int*)(Column(parameters, column) + Layout.Bias));

    /// <summary>Two columns to 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToBytes(Vector256<int> first, Vector256<int> second, byte* parameters)
    {
        var words = Round(ToHalves(first, Column(parameters, 0)), ToHalves(second, Column(parameters, 1)), parameters);
        return Avx2.Permute4x64(Limit(Avx2.PackUnsignedSaturate(words, words), parameters).AsInt64(), 0b1000).GetLower().AsByte();
    }

    /// <summary>Four columns to 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ToBytes(Vector256<int> first, Vector256<int> second, Vector256<int> third, Vector256<int> fourth, byte* parameters)
    {
        var low = Round(ToHalves(first, Column(parameters, 0)), ToHalves(second, Column(parameters, 1)), parameters);
        var high = Round(ToHalves(third, Column(parameters, 2)), ToHalves(fourth, Column(parameters, 3)), parameters);
        return Limit(Avx2.PackUnsignedSaturate(low, high), parameters);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToFloats(Vector256<int> sums, byte* parameters, int column)
    {
        var vectors = Column(parameters, column);
        var values = Vector256.ConvertToSingle(sums) * Vector256.Load((float*)(vectors + Layout.Factor)) + Vector256.Load((float*)(vectors + Layout.FloatBias));
        return Vector256.Min(Vector256.Max(values, Vector256.Load((float*)(parameters + Layout.Minimum))), Vector256.Load((float*)(parameters + Layout.Maximum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Column(byte* parameters, int column) => parameters + Layout.Columns + column * Layout.ColumnBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> ToHalves(Vector256<int> sums, byte* vectors)
    {
        sums = Vector256.Min(Vector256.Max(sums, Vector256.Load((int*)(vectors + Layout.Low))), Vector256.Load((int*)(vectors + Layout.High)));
        sums = Avx2.ShiftLeftLogicalVariable(sums, Vector256.Load((uint*)(vectors + Layout.Excess)));
        var even = Avx2.Multiply(sums, Vector256.Load((int*)(vectors + Layout.Even)));
        var odd = Avx2.Multiply((sums.AsUInt64() >> 32).AsInt32(), Vector256.Load((int*)(vectors + Layout.Odd)));
        return Avx2.Blend((even >>> 32).AsInt32(), odd.AsInt32(), 0b10101010);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Round(Vector256<int> first, Vector256<int> second, byte* parameters) =>
        Avx2.AddSaturate(Avx2.PackSignedSaturate(first, second), Vector256.Load((short*)(parameters + Layout.Rounding))) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Limit(Vector256<byte> values, byte* parameters) =>
        Vector256.Min(Vector256.Max(values, Vector256.Load(parameters + Layout.Minimum)), Vector256.Load(parameters + Layout.Maximum));
}
