using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Scalar;
using DistillKit.Edge.Kernels.Vectors;

namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>The 256-bit sets of x86: written once, with the dot product as a parameter.</summary>
internal sealed class Kernels256<TDot, TOperand> : VectorKernels where TDot : struct, IDotProduct<TOperand>
{
    public override string Name => TDot.Name;

    public override IntegerConvolution Prepare(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        geometry.Groups == 1 ? new MatrixConvolution256<TDot, TOperand>(geometry, weights, bias, epilogue)
        : InterleavedWeights.Supports(geometry) ? new DepthwiseConvolution256<TDot, TOperand>(geometry, weights, bias, epilogue)
        : new ScalarIntegerConvolution(geometry, weights, bias, epilogue);
}
