using System.Runtime.Intrinsics.Arm;
using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Scalar;
using DistillKit.Edge.Kernels.Vectors;

namespace DistillKit.Edge.Kernels.Arm;

/// <summary>For ARM processors with the dot product extension (ARMv8.2 and later: Cortex-A55 and A75 on, Apple's, Graviton 2 on).</summary>
internal sealed class DotProductKernels : VectorKernels
{
    public override string Name => "arm-dotprod";

    public static bool IsSupported => Dp.IsSupported && AdvSimd.Arm64.IsSupported;

    public override IntegerConvolution Prepare(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        geometry.Groups == 1 ? new MatrixConvolution128(geometry, weights, bias, epilogue)
        : InterleavedWeights.Supports(geometry) ? new DepthwiseConvolution128(geometry, weights, bias, epilogue)
        : new ScalarIntegerConvolution(geometry, weights, bias, epilogue);
}
