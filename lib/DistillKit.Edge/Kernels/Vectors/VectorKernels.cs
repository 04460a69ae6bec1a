using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Floats;

namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>What all vector sets share: the kernels without weights, written with the vectors that .NET offers on every processor.</summary>
internal abstract unsafe class VectorKernels : KernelSet
{
    public override FloatConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) =>
        Vector512.IsHardwareAccelerated && Uses512Bits ? Prepare<Float512>(geometry, weights, bias, minimum, maximum)
        : Vector256.IsHardwareAccelerated ? Prepare<Float256>(geometry, weights, bias, minimum, maximum)
        : Prepare<Float128>(geometry, weights, bias, minimum, maximum);

    /// <summary>Float kernels may use the widest vectors.</summary>
    protected virtual bool Uses512Bits => false;

    public override void Quantize(float* input, byte* output, int count, float scale, byte zeroPoint) =>
        Quantization.Quantize(input, output, count, scale, zeroPoint);

    public override void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, float scale, byte zeroPoint)
    {
        var planes = Scratch.First((long)channels * pixels);
        for (var image = 0; image < images; image++, input += channels * pixels, output += channels * pixels)
        {
            Quantization.Quantize(input, planes, channels * pixels, scale, zeroPoint);
            if (channels == 3) Interleaving.Three(planes, output, pixels);
            else Interleaving.Any(planes, output, channels, pixels);
        }
    }

    public override void Dequantize(byte* input, float* output, int count, float scale, byte zeroPoint) =>
        Quantization.Dequantize(input, output, count, scale, zeroPoint);

    public override (float Minimum, float Maximum) Range(float* input, int count) => Quantization.Range(input, count);

    public override void Add(byte* first, byte* second, byte* output, int count, Addition addition) => Additions.Add(first, second, output, count, addition);

    public override void Add(float* first, float* second, float* output, int count, float minimum, float maximum) =>
        Additions.Add(first, second, output, count, minimum, maximum);

    public override void Clamp(float* input, float* output, int count, float minimum, float maximum) => Clamps.Clamp(input, output, count, minimum, maximum);

    public override void Clamp(byte* input, byte* output, int count, byte minimum, byte maximum) => Clamps.Clamp(input, output, count, minimum, maximum);

    public override void MaxPool(ConvolutionGeometry geometry, byte* input, byte* output, int images) => Pooling.Max(geometry, input, output, images);

    public override void MaxPool(ConvolutionGeometry geometry, float* input, float* output, int images) => Pooling.Max(geometry, input, output, images);

    public override void GlobalAverage(byte* input, byte* output, int images, int pixels, int channels, Averaging averaging) =>
        Pooling.GlobalAverage(input, output, images, pixels, channels, averaging);

    public override void GlobalAverage(float* input, float* output, int images, int pixels, int channels) =>
        Pooling.GlobalAverage(input, output, images, pixels, channels);

    private FloatConvolution Prepare<TVector>(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        where TVector : struct, IFloatVector<TVector> =>
        geometry.Groups == 1 ? new FloatMatrixConvolution<TVector>(geometry, weights, bias, minimum, maximum)
        : geometry.IsDepthwise ? new FloatDepthwiseConvolution<TVector>(geometry, weights, bias, minimum, maximum)
        : base.Prepare(geometry, weights, bias, minimum, maximum);
}
