namespace DistillKit.Edge.Kernels;

/// <summary>Packs the weights, ordered [output, input of the group, row, column], of an integer convolution.</summary>
/// <param name="bias">May be empty.</param>
internal delegate IntegerConvolution PrepareIntegers(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue);

/// <summary>The integer convolutions of an instruction set. All sets give the same bytes, those of the scalar definition. What has no
/// weights is in <see cref="Elementwise"/> and <see cref="Pooling"/>, the same for all of them.</summary>
/// <param name="Name">Short and stable, for options and reports: "avx512-vnni", "avx2", "scalar", ...</param>
/// <param name="Matrix">For convolutions without groups; null for the scalar definition.</param>
/// <param name="Depthwise">For depthwise convolutions of 3x3; null for the scalar definition.</param>
internal sealed record KernelSet(string Name, PrepareIntegers? Matrix = null, PrepareIntegers? Depthwise = null)
{
    public IntegerConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    {
        var prepare = geometry.Groups == 1 ? Matrix : InterleavedWeights.Supports(geometry) ? Depthwise : null;
        return prepare?.Invoke(geometry, weights, bias, epilogue) ?? new ScalarIntegerConvolution(geometry, weights, bias, epilogue);
    }
}
