namespace DistillKit.Edge.Kernels;

/// <summary>Pooling, with channels side by side in a vector.</summary>
internal static unsafe class Pooling
{
    private const int Lanes = 8;

    /// <summary>The greatest value of each window, of bytes or floats; padding does not count.</summary>
    public static void MaxPool<T>(ConvolutionGeometry geometry, T* input, T* output, int images)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (var image = 0; image < images; image++, input += geometry.Height * geometry.Width * geometry.Inputs)
            for (var y = 0; y < geometry.OutputHeight; y++)
                for (var x = 0; x < geometry.OutputWidth; x++, output += geometry.Inputs)
                    MaxOfWindow(geometry, input, y * geometry.Stride - geometry.PadTop, x * geometry.Stride - geometry.PadLeft, output);
    }

    /// <summary>The mean of each channel: [N, pixels, C] to [N, C].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GlobalAveragePool(byte* input, byte* output, int images, int pixels, int channels, QuantizedAverage average)
    {
        var sums = stackalloc int[Lanes];
        for (var image = 0; image < images; image++, input += pixels * channels, output += channels)
        {
            var channel = 0;
            for (; channel <= channels - Lanes; channel += Lanes)
            {
                var sum = Vector256<int>.Zero;
                for (var pixel = 0; pixel < pixels; pixel++) sum += Elementwise.ToInt32(input + pixel * channels + channel);
                sum.Store(sums);
                for (var i = 0; i < Lanes; i++) output[channel + i] = average.Apply(sums[i], pixels);
            }
            for (; channel < channels; channel++)
            {
                var sum = 0;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                output[channel] = average.Apply(sum, pixels);
            }
        }
    }

    /// <inheritdoc cref="GlobalAveragePool(byte*, byte*, int, int, int, QuantizedAverage)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GlobalAveragePool(float* input, float* output, int images, int pixels, int channels)
    {
        for (var image = 0; image < images; image++, output += channels)
        {
            new Span<float>(output, channels).Clear();
            for (var pixel = 0; pixel < pixels; pixel++, input += channels)
                Elementwise.Add(output, input, output, channels, float.NegativeInfinity, float.PositiveInfinity);
            for (var channel = 0; channel < channels; channel++) output[channel] /= pixels;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxOfWindow<T>(ConvolutionGeometry geometry, T* image, int top, int left, T* output)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        new Span<T>(output, geometry.Inputs).Fill(T.MinValue);
        for (var y = Math.Max(top, 0); y < Math.Min(top + geometry.KernelHeight, geometry.Height); y++)
            for (var x = Math.Max(left, 0); x < Math.Min(left + geometry.KernelWidth, geometry.Width); x++)
            {
                var pixel = image + (y * geometry.Width + x) * geometry.Inputs;
                var channel = 0;
                for (; channel <= geometry.Inputs - Vector256<T>.Count; channel += Vector256<T>.Count)
                    Vector256.Max(Vector256.Load(output + channel), Vector256.Load(pixel + channel)).Store(output + channel);
                for (; channel < geometry.Inputs; channel++) output[channel] = T.Max(output[channel], pixel[channel]);
            }
    }
}
