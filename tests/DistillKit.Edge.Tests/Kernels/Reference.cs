using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>The kernels without weights as their definitions say, one value after the other, without vectors.</summary>
internal static class Reference
{
    public static byte[] Quantize(float[] values, QuantizationGrid grid) => [.. values.Select(value =>
    {
        var steps = MathF.Max(value / grid.Scale, -grid.ZeroPoint);
        steps = MathF.Min(float.IsNaN(steps) ? -grid.ZeroPoint : steps, 255 - grid.ZeroPoint);
        return (byte)(MathF.Round(steps) + grid.ZeroPoint);
    })];

    public static T[] Interleave<T>(T[] planes, int channels, int pixels) => [.. planes.Select((_, i) =>
        planes[i / channels / pixels * channels * pixels + i % channels * pixels + i / channels % pixels])];

    public static float[] Dequantize(byte[] values, QuantizationGrid grid) =>
        [.. values.Select(value => (value - grid.ZeroPoint) * grid.Scale)];

    public static float[] Range(float[] values) =>
        [values.Where(value => value < 0).Append(0).Min(), values.Where(value => value > 0).Append(0).Max()];

    public static byte[] Add(byte[] first, byte[] second, QuantizedAdd add) => [.. first.Zip(second, add.Apply)];

    public static float[] Add(float[] first, float[] second, float minimum, float maximum) =>
        [.. first.Zip(second, (a, b) => MathF.Min(MathF.Max(a + b, minimum), maximum))];

    public static T[] MaxPool<T>(ConvolutionGeometry geometry, T[] input) where T : IComparable<T>
    {
        var (length, output) = (geometry.Height * geometry.Width * geometry.Inputs, new List<T>());
        for (var image = 0; image < input.Length / length; image++)
            for (var i = 0; i < geometry.OutputPixels * geometry.Inputs; i++)
            {
                var (pixel, channel) = (i / geometry.Inputs, i % geometry.Inputs);
                var window = from row in Enumerable.Range(0, geometry.KernelHeight)
                             from column in Enumerable.Range(0, geometry.KernelWidth)
                             let under = geometry.PixelUnder(pixel / geometry.OutputWidth, pixel % geometry.OutputWidth, row, column)
                             where under >= 0
                             select input[image * length + under * geometry.Inputs + channel];
                output.Add(window.Max()!);
            }
        return [.. output];
    }

    /// <summary>Applies a function to the sum of each channel over all pixels of an image.</summary>
    public static TResult[] Average<T, TResult>(T[] input, int pixels, int channels, Func<IEnumerable<T>, TResult> average) =>
        [.. from image in input.Chunk(pixels * channels)
            from channel in Enumerable.Range(0, channels)
            select average(Enumerable.Range(0, pixels).Select(pixel => image[pixel * channels + channel]))];
}
