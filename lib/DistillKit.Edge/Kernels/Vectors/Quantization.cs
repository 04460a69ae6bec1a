using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Scalar;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>Between floats and bytes, and the range of floats.</summary>
internal static unsafe class Quantization
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* input, byte* output, int count, float scale, byte zeroPoint)
    {
        var (scales, lowest, highest) = (Vector256.Create(scale), Vector256.Create((float)-zeroPoint), Vector256.Create(255f - zeroPoint));
        var zero = Vector256.Create((int)zeroPoint);
        var i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            var low = Vector256.Narrow(Steps(input + i), Steps(input + i + Lanes)).AsUInt16();
            var high = Vector256.Narrow(Steps(input + i + 2 * Lanes), Steps(input + i + 3 * Lanes)).AsUInt16();
            Vector256.Narrow(low, high).Store(output + i);
        }
        ScalarElementwise.Quantize(input + i, output + i, count - i, scale, zeroPoint);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Steps(float* values)
        {
            var steps = Vector256.Load(values) / scales;
            steps = Vector256.ConditionalSelect(Vector256.GreaterThan(steps, lowest), steps, lowest);
            steps = Vector256.ConditionalSelect(Vector256.LessThan(steps, highest), steps, highest);
            return Vector256.ConvertToInt32(Vector256.Round(steps)) + zero;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(byte* input, float* output, int count, float scale, byte zeroPoint)
    {
        var (scales, zero) = (Vector256.Create(scale), Vector256.Create((int)zeroPoint));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes) (Vector256.ConvertToSingle(Widening.ToInt32(input + i) - zero) * scales).Store(output + i);
        ScalarElementwise.Dequantize(input + i, output + i, count - i, scale, zeroPoint);
    }

    public static (float Minimum, float Maximum) Range(float* input, int count)
    {
        var (least, greatest) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            var values = Vector256.Load(input + i);
            least = Vector256.ConditionalSelect(Vector256.LessThan(values, least), values, least);
            greatest = Vector256.ConditionalSelect(Vector256.GreaterThan(values, greatest), values, greatest);
        }
        var (minimum, maximum) = ScalarElementwise.Range(input + i, count - i);
        for (var lane = 0; lane < Lanes; lane++) (minimum, maximum) = (MathF.Min(minimum, least[lane]), MathF.Max(maximum, greatest[lane]));
        return (minimum, maximum);
    }
}
