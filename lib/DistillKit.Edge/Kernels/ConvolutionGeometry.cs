namespace DistillKit.Edge.Kernels;

/// <summary>The shape of a convolution over NHWC images. One stride holds for both directions. A linear layer is a 1x1 convolution of a 1x1
/// image. Pooling uses it too, with as many outputs and groups as inputs.</summary>
internal sealed record ConvolutionGeometry(
    int Height, int Width, int Inputs, int Outputs, int KernelHeight, int KernelWidth, int Stride,
    int PadTop, int PadLeft, int PadBottom, int PadRight, int Groups)
{
    public int OutputHeight { get; } = (Height + PadTop + PadBottom - KernelHeight) / Stride + 1;
    public int OutputWidth { get; } = (Width + PadLeft + PadRight - KernelWidth) / Stride + 1;

    /// <summary>Pixels of one output image.</summary>
    public int OutputPixels => OutputHeight * OutputWidth;
    public int GroupInputs => Inputs / Groups;
    public int GroupOutputs => Outputs / Groups;

    /// <summary>Weights of one output channel: the length of the dot product that makes one output value.</summary>
    public int Depth => GroupInputs * KernelHeight * KernelWidth;

    /// <summary>For one image.</summary>
    public long MultiplyAccumulates => (long)OutputPixels * Outputs * Depth;

    /// <summary>Every output pixel reads exactly the input pixel of the same place, so the whole batch is one matrix.</summary>
    public bool IsPointwise =>
        this is { KernelHeight: 1, KernelWidth: 1, Stride: 1, PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0, Groups: 1 };

    public bool IsDepthwise => Groups == Inputs && Groups == Outputs;

    /// <summary>The input pixel under a place of the kernel where it computes the output pixel (y, x); -1 for padding.</summary>
    public int PixelUnder(int y, int x, int row, int column)
    {
        var (sourceY, sourceX) = (y * Stride - PadTop + row, x * Stride - PadLeft + column);
        return (uint)sourceY < (uint)Height && (uint)sourceX < (uint)Width ? sourceY * Width + sourceX : -1;
    }

    /// <summary>The first input channel that an output channel sees.</summary>
    public int FirstInput(int output) => output / GroupOutputs * GroupInputs;

    /// <summary>Where a weight lies in [output, input of the group, row, column].</summary>
    public int WeightIndex(int output, int input, int row, int column) =>
        ((output * GroupInputs + input) * KernelHeight + row) * KernelWidth + column;

    public static ConvolutionGeometry Pool(int height, int width, int channels, int kernelHeight, int kernelWidth, int stride,
        int padTop, int padLeft, int padBottom, int padRight) =>
        new(height, width, channels, channels, kernelHeight, kernelWidth, stride, padTop, padLeft, padBottom, padRight, channels);
}
