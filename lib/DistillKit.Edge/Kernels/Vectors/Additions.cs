using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Scalar;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>Sums of two tensors.</summary>
internal static unsafe class Additions
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(byte* first, byte* second, byte* output, int count, Addition addition)
    {
        var (firstFactor, secondFactor) = (Vector256.Create(addition.FirstMultiplier), Vector256.Create(addition.SecondMultiplier));
        var constant = Vector256.Create((1 << (addition.Shift - 1)) - addition.FirstZeroPoint * addition.FirstMultiplier
            - addition.SecondZeroPoint * addition.SecondMultiplier);
        var (zero, minimum, maximum) = (Vector256.Create((int)addition.ZeroPoint), Vector256.Create((int)addition.Minimum), Vector256.Create((int)addition.Maximum));
        var shift = addition.Shift;
        var i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
            Widening.ToBytes(Sum(i), Sum(i + Lanes), Sum(i + 2 * Lanes), Sum(i + 3 * Lanes)).Store(output + i);
        ScalarElementwise.Add(first + i, second + i, output + i, count - i, addition);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Sum(int at)
        {
            var sum = Widening.ToInt32(first + at) * firstFactor + Widening.ToInt32(second + at) * secondFactor + constant;
            return Vector256.Min(Vector256.Max((sum >> shift) + zero, minimum), maximum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* first, float* second, float* output, int count, float minimum, float maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
            Vector256.Min(Vector256.Max(Vector256.Load(first + i) + Vector256.Load(second + i), least), greatest).Store(output + i);
        ScalarElementwise.Add(first + i, second + i, output + i, count - i, minimum, maximum);
    }
}
