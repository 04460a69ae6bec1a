using DistillKit.Edge.Kernels.Arm;
using DistillKit.Edge.Kernels.Avx256;
using DistillKit.Edge.Kernels.Avx512;

namespace DistillKit.Edge;

/// <summary>The kernel sets of this machine.</summary>
internal static class KernelSets
{
    /// <summary>What this machine can run, best first, the scalar definition last.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } = FindSupported();

    /// <summary>The set of this name, or the best.</summary>
    /// <exception cref="EdgeException">This machine does not have it.</exception>
    public static KernelSet Named(string? name) => name is null ? Supported[0] : Supported.FirstOrDefault(set => set.Name == name)
        ?? throw new EdgeException($"This machine has no instruction set {Wording.Quoted(name)}. "
            + $"It has: {string.Join(", ", Supported.Select(set => set.Name))}.");

    private static List<KernelSet> FindSupported()
    {
        var sets = new List<KernelSet>();
        if (VnniCode.IsSupported)
            sets.Add(new("avx512-vnni",
                (geometry, weights, bias, epilogue) => new VnniMatrixConvolution(geometry, weights, bias, epilogue),
                (geometry, weights, bias, epilogue) => new VnniDepthwiseConvolution(geometry, weights, bias, epilogue)));
        Add<Avx2Vectors<VnniDotProduct>, Vector256<int>, Vector256<byte>>(sets);
        Add<Avx2Vectors<WideningDotProduct>, Vector256<int>, Vector256<byte>>(sets);
        Add<ArmVectors, Pair<int>, Pair<sbyte>>(sets);
        sets.Add(new("scalar"));
        return sets;
    }

    private static void Add<TVectors, TSums, TOperand>(List<KernelSet> sets) where TVectors : struct, IByteVectors<TSums, TOperand>
    {
        if (TVectors.IsSupported)
            sets.Add(new(TVectors.Name,
                (geometry, weights, bias, epilogue) =>
                    new ByteMatrixConvolution<TVectors, TSums, TOperand>(geometry, weights, bias, epilogue),
                (geometry, weights, bias, epilogue) =>
                    new ByteDepthwiseConvolution<TVectors, TSums, TOperand>(geometry, weights, bias, epilogue)));
    }
}
