using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistillKit.Edge.Kernels.Vectors;

internal static unsafe class Widening
{
    /// <summary>Eight bytes of memory as 32-bit integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(byte* values)
    {
        var (low, high) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(values)).AsByte()));
        return Vector256.Create(low, high).AsInt32();
    }

    /// <summary>Integers from 0 to 255 as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ToBytes(Vector256<int> first, Vector256<int> second, Vector256<int> third, Vector256<int> fourth) =>
        Vector256.Narrow(Vector256.Narrow(first, second).AsUInt16(), Vector256.Narrow(third, fourth).AsUInt16());
}
