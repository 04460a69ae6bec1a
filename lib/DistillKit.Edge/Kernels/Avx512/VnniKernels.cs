using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.MachineCode;
using DistillKit.Edge.Kernels.Vectors;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// For processors with AVX512_VNNI (Intel since Ice Lake, AMD since Zen 4). .NET 10 has no intrinsics for its 512-bit dot product, so the
/// inner loops are machine code made at run time.
/// </summary>
internal sealed class VnniKernels : VectorKernels
{
    public override string Name => "avx512-vnni";

    /// <summary>The processor has the instructions, and the system lets us make code.</summary>
    public static unsafe bool IsSupported =>
        Environment.Is64BitProcess && Avx512BW.IsSupported && HasVnni && ExecutableMemory.Load([0xC3]) != null;

    /// <summary>
    /// CPUID leaf 7, ECX bit 11. The system's support for 512-bit registers is part of <see cref="Avx512BW.IsSupported"/>.
    /// </summary>
    private static bool HasVnni => X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0;

    protected override bool Uses512Bits => true;

    public override IntegerConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        geometry.Groups == 1 ? new VnniMatrixConvolution(geometry, weights, bias, epilogue)
        : InterleavedWeights.Supports(geometry) ? new VnniDepthwiseConvolution(geometry, weights, bias, epilogue)
        : base.Prepare(geometry, weights, bias, epilogue);
}
