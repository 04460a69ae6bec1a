using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Arm;

/// <summary>Dot products and epilogues on vectors of four accumulators.</summary>
internal static unsafe class ArmVectors
{
    public const int Lanes = 4;

    /// <summary>
    /// The dot product is signed on both sides. Activations lose 128, which one bit's flip does, and so does their zero point when it is folded
    /// into the bias: (x - 128) - (z - 128) = x - z.
    /// </summary>
    public const int ActivationShift = 128;

    /// <summary>Made anew at each use, so that the compiler sees constants.</summary>
    private static PanelLayout Layout => new(Lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBias(byte* parameters, int column) => Vector128.Load((int*)(Column(parameters, column) + Layout.Bias));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Signed(Vector128<byte> activations) => (activations ^ Vector128.Create((byte)ActivationShift)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<sbyte> activations, sbyte* weights) =>
        Dp.DotProduct(sum, activations, Vector128.Load(weights));

    /// <summary>Finishes four columns, 16 channels one after another, and stores the first of them.</summary>
    public static void Store(
        bool isFloat, byte* output, byte* parameters, int channels, Vector128<int> sum0, Vector128<int> sum1, Vector128<int> sum2, Vector128<int> sum3)
    {
        const int All = 4 * Lanes;
        if (!isFloat)
        {
            var bytes = ToBytes(sum0, sum1, sum2, sum3, parameters);
            if (channels == All) bytes.Store(output);
            else Unsafe.CopyBlockUnaligned(output, &bytes, (uint)channels);
            return;
        }
        var values = stackalloc float[All];
        ToFloats(sum0, parameters, 0).Store(values);
        ToFloats(sum1, parameters, 1).Store(values + Lanes);
        ToFloats(sum2, parameters, 2).Store(values + 2 * Lanes);
        ToFloats(sum3, parameters, 3).Store(values + 3 * Lanes);
        Unsafe.CopyBlockUnaligned(output, values, (uint)(channels * sizeof(float)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> ToBytes(Vector128<int> first, Vector128<int> second, Vector128<int> third, Vector128<int> fourth, byte* parameters)
    {
        var low = Round(ToHalves(first, Column(parameters, 0)), ToHalves(second, Column(parameters, 1)), parameters);
        var high = Round(ToHalves(third, Column(parameters, 2)), ToHalves(fourth, Column(parameters, 3)), parameters);
        var bytes = AdvSimd.ExtractNarrowingSaturateUnsignedUpper(AdvSimd.ExtractNarrowingSaturateUnsignedLower(low), high);
        return Vector128.Min(Vector128.Max(bytes, Vector128.Load(parameters + Layout.Minimum)), Vector128.Load(parameters + Layout.Maximum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ToFloats(Vector128<int> sums, byte* parameters, int column)
    {
        var vectors = Column(parameters, column);
        var values = Vector128.ConvertToSingle(sums) * Vector128.Load((float*)(vectors + Layout.Factor));
        values += Vector128.Load((float*)(vectors + Layout.FloatBias));
        return Vector128.Min(Vector128.Max(values, Vector128.Load((float*)(parameters + Layout.Minimum))), Vector128.Load((float*)(parameters + Layout.Maximum)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Column(byte* parameters, int column) => parameters + Layout.Columns + column * Layout.ColumnBytes;

    /// <summary>Twice the scaled values, rounded down: the upper halves of 64-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ToHalves(Vector128<int> sums, byte* vectors)
    {
        sums = Vector128.Min(Vector128.Max(sums, Vector128.Load((int*)(vectors + Layout.Low))), Vector128.Load((int*)(vectors + Layout.High)));
        sums = AdvSimd.ShiftLogical(sums, Vector128.Load((int*)(vectors + Layout.Excess)));
        var multipliers = Vector128.Load((int*)(vectors + Layout.Even));
        var low = AdvSimd.MultiplyWideningLower(sums.GetLower(), multipliers.GetLower());
        var high = AdvSimd.MultiplyWideningUpper(sums, multipliers);
        return AdvSimd.Arm64.UnzipOdd(low.AsInt32(), high.AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Round(Vector128<int> first, Vector128<int> second, byte* parameters)
    {
        var halves = AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(first), second);
        return AdvSimd.AddSaturate(halves, Vector128.Load((short*)(parameters + Layout.Rounding))) >> 1;
    }
}
