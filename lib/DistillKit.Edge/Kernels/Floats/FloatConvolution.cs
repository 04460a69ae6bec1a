namespace DistillKit.Edge.Kernels.Floats;

/// <summary>From float to float: clip(convolution + bias), with fused multiply-adds in the order (row, column, channel).</summary>
internal abstract unsafe class FloatConvolution(ConvolutionGeometry geometry) : ConvolutionKernel(geometry)
{
    /// <summary>Packs the weights, ordered [output, input of the group, row, column]; there may be no bias.</summary>
    public static FloatConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) =>
        geometry.Groups == 1 ? new FloatMatrixConvolution(geometry, weights, bias, minimum, maximum)
        : geometry.IsDepthwise ? new FloatDepthwiseConvolution(geometry, weights, bias, minimum, maximum)
        : new ScalarFloatConvolution(geometry, weights, bias, minimum, maximum);
}

/// <summary>One that computes the values of a vector of output channels at a time. Its constants are in native memory.</summary>
/// <param name="weights">How many floats the packed weights take.</param>
/// <param name="channels">Output channels, with those that fill the last vector.</param>
internal abstract unsafe class VectorFloatConvolution(
    ConvolutionGeometry geometry, long weights, int channels, ReadOnlySpan<float> bias, float minimum, float maximum)
    : FloatConvolution(geometry)
{
    private readonly NativeBuffer weights = new(weights * sizeof(float)), bias = Copy(bias, channels);

    protected static int Lanes => Vector<float>.Count;

    protected float* Weights => (float*)weights.Pointer;

    protected float* Bias => (float*)bias.Pointer;

    protected Vector<float> Clip(Vector<float> sum) => Vector.Min(Vector.Max(sum, Vector.Create(minimum)), Vector.Create(maximum));

    public override void Dispose()
    {
        weights.Dispose();
        bias.Dispose();
    }

    private static NativeBuffer Copy(ReadOnlySpan<float> bias, int channels)
    {
        var copy = new NativeBuffer((long)channels * sizeof(float));
        bias.CopyTo(new((float*)copy.Pointer, channels));
        return copy;
    }
}
