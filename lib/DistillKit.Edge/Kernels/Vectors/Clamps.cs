using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Scalar;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>Activation functions that stand alone.</summary>
internal static unsafe class Clamps
{
    public static void Clamp(float* input, float* output, int count, float minimum, float maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Min(Vector256.Max(Vector256.Load(input + i), least), greatest).Store(output + i);
        ScalarElementwise.Clamp(input + i, output + i, count - i, minimum, maximum);
    }

    public static void Clamp(byte* input, byte* output, int count, byte minimum, byte maximum)
    {
        var (least, greatest) = (Vector256.Create(minimum), Vector256.Create(maximum));
        var i = 0;
        for (; i <= count - Vector256<byte>.Count; i += Vector256<byte>.Count)
            Vector256.Min(Vector256.Max(Vector256.Load(input + i), least), greatest).Store(output + i);
        ScalarElementwise.Clamp(input + i, output + i, count - i, minimum, maximum);
    }
}
