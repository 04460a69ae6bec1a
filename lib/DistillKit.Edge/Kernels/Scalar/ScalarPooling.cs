using System.Numerics;

namespace DistillKit.Edge.Kernels.Scalar;

/// <summary>The definitions of the pooling kernels.</summary>
internal static unsafe class ScalarPooling
{
    public static void Max<T>(ConvolutionGeometry geometry, T* input, T* output, int images) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (var image = 0; image < images; image++, input += geometry.Height * geometry.Width * geometry.Inputs)
            for (var y = 0; y < geometry.OutputHeight; y++)
                for (var x = 0; x < geometry.OutputWidth; x++)
                    for (var channel = 0; channel < geometry.Inputs; channel++)
                        *output++ = MaxOfWindow(geometry, input, y, x, channel);
    }

    private static T MaxOfWindow<T>(ConvolutionGeometry geometry, T* image, int y, int x, int channel) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var greatest = T.MinValue;
        for (var row = 0; row < geometry.KernelHeight; row++)
            for (var column = 0; column < geometry.KernelWidth; column++)
            {
                var (sourceY, sourceX) = (y * geometry.Stride - geometry.PadTop + row, x * geometry.Stride - geometry.PadLeft + column);
                if ((uint)sourceY < (uint)geometry.Height && (uint)sourceX < (uint)geometry.Width)
                    greatest = T.Max(greatest, image[(sourceY * geometry.Width + sourceX) * geometry.Inputs + channel]);
            }
        return greatest;
    }

    public static void GlobalAverage(byte* input, byte* output, int images, int pixels, int channels, Averaging averaging)
    {
        for (var image = 0; image < images; image++, input += pixels * channels)
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                *output++ = averaging.Apply(sum, pixels);
            }
    }

    public static void GlobalAverage(float* input, float* output, int images, int pixels, int channels)
    {
        for (var image = 0; image < images; image++, input += pixels * channels)
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0f;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                *output++ = sum / pixels;
            }
    }
}
