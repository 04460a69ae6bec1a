using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>The one instruction in which the 256-bit sets differ.</summary>
internal interface IDotProduct
{
    static abstract string Name { get; }

    static abstract bool IsSupported { get; }

    /// <summary>sum[i] + activations[4i..4i+3] . weights[4i..4i+3], exact in 32 bits.</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<sbyte> weights);
}

/// <summary>AVX-VNNI: Intel since Alder Lake, AMD since Zen 5.</summary>
internal readonly struct VnniDotProduct : IDotProduct
{
    public static string Name => "avx-vnni";

    public static bool IsSupported => AvxVnni.IsSupported && Avx2.IsSupported;

    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<sbyte> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sum, activations, weights);
}

/// <summary>
/// AVX2: even and odd bytes become 16-bit numbers, whose products vpmaddwd adds in 32 bits. (vpmaddubsw would take bytes, but saturates at 16 bits.)
/// </summary>
internal readonly struct WideningDotProduct : IDotProduct
{
    public static string Name => "avx2";

    public static bool IsSupported => Avx2.IsSupported;

    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> activations, Vector256<sbyte> weights)
    {
        var (bytes, signed) = (activations.AsInt16(), weights.AsInt16());
        var even = Avx2.MultiplyAddAdjacent(bytes & Vector256.Create((short)0xFF), Vector256.ShiftLeft(signed, 8) >> 8);
        var odd = Avx2.MultiplyAddAdjacent(bytes >>> 8, signed >> 8);
        return sum + (even + odd);
    }
}
