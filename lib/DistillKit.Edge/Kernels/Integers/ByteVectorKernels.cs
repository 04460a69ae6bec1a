using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Vectors;

namespace DistillKit.Edge.Kernels.Integers;

/// <summary>A kernel set with the convolutions of this folder.</summary>
internal sealed class ByteVectorKernels<TVectors, TSums, TOperand> : VectorKernels where TVectors : struct, IByteVectors<TSums, TOperand>
{
    public override string Name => TVectors.Name;

    public override IntegerConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        geometry.Groups == 1 ? new ByteMatrixConvolution<TVectors, TSums, TOperand>(geometry, weights, bias, epilogue)
        : InterleavedWeights.Supports(geometry) ? new ByteDepthwiseConvolution<TVectors, TSums, TOperand>(geometry, weights, bias, epilogue)
        : base.Prepare(geometry, weights, bias, epilogue);
}
