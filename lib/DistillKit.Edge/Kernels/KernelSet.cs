using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Arm;
using DistillKit.Edge.Kernels.Avx256;
using DistillKit.Edge.Kernels.Avx512;
using DistillKit.Edge.Kernels.Scalar;

namespace DistillKit.Edge.Kernels;

/// <summary>
/// Everything a network needs to run, written for one instruction set. The members here are the scalar reference: it is written for clarity and
/// defines every result. A set overrides what it does faster, and gives the same bytes.
/// </summary>
internal abstract unsafe class KernelSet
{
    /// <summary>What this machine can run, best first, the scalar reference last.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } = FindSupported();

    public static KernelSet Best => Supported[0];

    /// <summary>Short and stable, for options and reports: "avx512-vnni", "avx2", "scalar", ...</summary>
    public abstract string Name { get; }

    /// <summary>Packs the weights, ordered [output, input of the group, row, column], of an integer convolution. <paramref name="bias"/> may be empty.</summary>
    public virtual IntegerConvolution Prepare(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        new ScalarIntegerConvolution(geometry, weights, bias, epilogue);

    /// <summary>Packs the weights, ordered [output, input of the group, row, column], of a float convolution. <paramref name="bias"/> may be empty.</summary>
    public virtual FloatConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) =>
        new ScalarFloatConvolution(geometry, weights, bias, minimum, maximum);

    /// <summary>QuantizeLinear of ONNX: saturate(round(value / scale) + zeroPoint), halves to even; NaN as the lowest value.</summary>
    public virtual void Quantize(float* input, byte* output, int count, float scale, byte zeroPoint) =>
        ScalarElementwise.Quantize(input, output, count, scale, zeroPoint);

    /// <summary>The same from planar images [N, C, H, W] to [N, H, W, C].</summary>
    public virtual void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, float scale, byte zeroPoint) =>
        ScalarElementwise.QuantizeImages(input, output, images, channels, pixels, scale, zeroPoint);

    /// <summary>Reorders planar images [N, C, H, W] to [N, H, W, C].</summary>
    public virtual void InterleaveImages(float* input, float* output, int images, int channels, int pixels) =>
        ScalarElementwise.InterleaveImages(input, output, images, channels, pixels);

    /// <summary>(value - zeroPoint) * scale.</summary>
    public virtual void Dequantize(byte* input, float* output, int count, float scale, byte zeroPoint) =>
        ScalarElementwise.Dequantize(input, output, count, scale, zeroPoint);

    /// <summary>The least and the greatest of the values and 0; NaN is passed over.</summary>
    public virtual (float Minimum, float Maximum) Range(float* input, int count) => ScalarElementwise.Range(input, count);

    public virtual void Add(byte* first, byte* second, byte* output, int count, Addition addition) =>
        ScalarElementwise.Add(first, second, output, count, addition);

    /// <summary>clamp(first + second).</summary>
    public virtual void Add(float* first, float* second, float* output, int count, float minimum, float maximum) =>
        ScalarElementwise.Add(first, second, output, count, minimum, maximum);

    /// <summary>clamp(value): an activation function that stands alone.</summary>
    public virtual void Clamp(float* input, float* output, int count, float minimum, float maximum) =>
        ScalarElementwise.Clamp(input, output, count, minimum, maximum);

    /// <summary>clamp(value), for quantized values.</summary>
    public virtual void Clamp(byte* input, byte* output, int count, byte minimum, byte maximum) =>
        ScalarElementwise.Clamp(input, output, count, minimum, maximum);

    /// <summary>The greatest value of each window; padding is no value.</summary>
    public virtual void MaxPool(ConvolutionGeometry geometry, byte* input, byte* output, int images) =>
        ScalarPooling.Max(geometry, input, output, images);

    /// <inheritdoc cref="MaxPool(ConvolutionGeometry, byte*, byte*, int)"/>
    public virtual void MaxPool(ConvolutionGeometry geometry, float* input, float* output, int images) =>
        ScalarPooling.Max(geometry, input, output, images);

    /// <summary>The mean of each channel: [N, pixels, C] to [N, C].</summary>
    public virtual void GlobalAverage(byte* input, byte* output, int images, int pixels, int channels, Averaging averaging) =>
        ScalarPooling.GlobalAverage(input, output, images, pixels, channels, averaging);

    /// <inheritdoc cref="GlobalAverage(byte*, byte*, int, int, int, Averaging)"/>
    public virtual void GlobalAverage(float* input, float* output, int images, int pixels, int channels) =>
        ScalarPooling.GlobalAverage(input, output, images, pixels, channels);

    private static List<KernelSet> FindSupported()
    {
        var sets = new List<KernelSet>();
        if (VnniKernels.IsSupported) sets.Add(new VnniKernels());
        if (VnniDotProduct.IsSupported) sets.Add(new Kernels256<VnniDotProduct, Vector256<byte>>());
        if (WideningDotProduct.IsSupported) sets.Add(new Kernels256<WideningDotProduct, WideningDotProduct.Operand>());
        if (DotProductKernels.IsSupported) sets.Add(new DotProductKernels());
        sets.Add(new ScalarKernels());
        return sets;
    }
}
