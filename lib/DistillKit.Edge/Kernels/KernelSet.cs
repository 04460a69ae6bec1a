namespace DistillKit.Edge.Kernels;

/// <summary>
/// Everything a network needs to run. The members here are the scalar reference: written for clarity, they run on every machine and define
/// every result. The set of an instruction set overrides what it does faster, and gives the same bytes.
/// </summary>
internal unsafe class KernelSet
{
    /// <summary>Short and stable, for options and reports: "avx512-vnni", "avx2", "scalar", ...</summary>
    public virtual string Name => "scalar";

    /// <summary>Packs the weights, ordered [output, input of the group, row, column], of an integer convolution.</summary>
    /// <param name="bias">May be empty.</param>
    public virtual IntegerConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) =>
        new ScalarIntegerConvolution(geometry, weights, bias, epilogue);

    /// <summary>Packs the weights, ordered [output, input of the group, row, column], of a float convolution.</summary>
    /// <param name="bias">May be empty.</param>
    public virtual FloatConvolution Prepare(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) =>
        new ScalarFloatConvolution(geometry, weights, bias, minimum, maximum);

    /// <summary>QuantizeLinear of ONNX: saturate(round(value / scale) + zeroPoint), halves to even; NaN as the lowest value.</summary>
    public virtual void QuantizeLinear(float* input, byte* output, int count, QuantizationGrid grid)
    {
        for (var i = 0; i < count; i++) output[i] = QuantizeLinear(input[i], grid);
    }

    /// <summary>The same from planar images [N, C, H, W] to [N, H, W, C].</summary>
    public virtual void QuantizeImages(float* input, byte* output, int images, int channels, int pixels, QuantizationGrid grid)
    {
        for (var image = 0; image < images; image++, output += channels * pixels)
            for (var channel = 0; channel < channels; channel++)
                for (var pixel = 0; pixel < pixels; pixel++) output[pixel * channels + channel] = QuantizeLinear(*input++, grid);
    }

    /// <summary>Reorders planar images [N, C, H, W] to [N, H, W, C].</summary>
    public virtual void InterleaveImages(float* input, float* output, int images, int channels, int pixels)
    {
        for (var image = 0; image < images; image++, output += channels * pixels)
            for (var channel = 0; channel < channels; channel++)
                for (var pixel = 0; pixel < pixels; pixel++) output[pixel * channels + channel] = *input++;
    }

    /// <summary>DequantizeLinear of ONNX: (value - zeroPoint) * scale.</summary>
    public virtual void DequantizeLinear(byte* input, float* output, int count, QuantizationGrid grid)
    {
        for (var i = 0; i < count; i++) output[i] = (input[i] - grid.ZeroPoint) * grid.Scale;
    }

    /// <summary>The least and the greatest of the values and 0; NaN is passed over.</summary>
    public virtual (float Minimum, float Maximum) Range(float* input, int count)
    {
        float minimum = 0, maximum = 0;
        for (var i = 0; i < count; i++)
        {
            if (input[i] < minimum) minimum = input[i];
            if (input[i] > maximum) maximum = input[i];
        }
        return (minimum, maximum);
    }

    public virtual void Add(byte* first, byte* second, byte* output, int count, QuantizedAdd add)
    {
        for (var i = 0; i < count; i++) output[i] = add.Apply(first[i], second[i]);
    }

    /// <summary>clip(first + second).</summary>
    public virtual void Add(float* first, float* second, float* output, int count, float minimum, float maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Clip(first[i] + second[i], minimum, maximum);
    }

    /// <summary>An activation function that stands alone.</summary>
    public virtual void Clip(float* input, float* output, int count, float minimum, float maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Clip(input[i], minimum, maximum);
    }

    /// <inheritdoc cref="Clip(float*, float*, int, float, float)"/>
    public virtual void Clip(byte* input, byte* output, int count, byte minimum, byte maximum)
    {
        for (var i = 0; i < count; i++) output[i] = Math.Clamp(input[i], minimum, maximum);
    }

    /// <summary>The greatest value of each window; padding does not count.</summary>
    public virtual void MaxPool(ConvolutionGeometry geometry, byte* input, byte* output, int images) =>
        MaxPool<byte>(geometry, input, output, images);

    /// <inheritdoc cref="MaxPool(ConvolutionGeometry, byte*, byte*, int)"/>
    public virtual void MaxPool(ConvolutionGeometry geometry, float* input, float* output, int images) =>
        MaxPool<float>(geometry, input, output, images);

    /// <summary>The mean of each channel: [N, pixels, C] to [N, C].</summary>
    public virtual void GlobalAveragePool(byte* input, byte* output, int images, int pixels, int channels, QuantizedAverage average)
    {
        for (var image = 0; image < images; image++, input += pixels * channels)
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                *output++ = average.Apply(sum, pixels);
            }
    }

    /// <inheritdoc cref="GlobalAveragePool(byte*, byte*, int, int, int, QuantizedAverage)"/>
    public virtual void GlobalAveragePool(float* input, float* output, int images, int pixels, int channels)
    {
        for (var image = 0; image < images; image++, input += pixels * channels)
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0f;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                *output++ = sum / pixels;
            }
    }

    /// <summary>NaN stays NaN.</summary>
    public static float Clip(float value, float minimum, float maximum) => MathF.Min(MathF.Max(value, minimum), maximum);

    /// <summary>The clip comes before the rounding, while a float still has room for the value; NaN fails both comparisons.</summary>
    private static byte QuantizeLinear(float value, QuantizationGrid grid)
    {
        float steps = value / grid.Scale, lowest = -grid.ZeroPoint, highest = 255 - grid.ZeroPoint;
        steps = steps > lowest ? steps : lowest;
        steps = steps < highest ? steps : highest;
        return (byte)((int)MathF.Round(steps) + grid.ZeroPoint);
    }

    private static void MaxPool<T>(ConvolutionGeometry geometry, T* input, T* output, int images)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (var image = 0; image < images; image++, input += geometry.Height * geometry.Width * geometry.Inputs)
            for (var y = 0; y < geometry.OutputHeight; y++)
                for (var x = 0; x < geometry.OutputWidth; x++)
                    for (var channel = 0; channel < geometry.Inputs; channel++)
                        *output++ = MaxOfWindow(geometry, input, y, x, channel);
    }

    private static T MaxOfWindow<T>(ConvolutionGeometry geometry, T* image, int y, int x, int channel)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var greatest = T.MinValue;
        for (var row = 0; row < geometry.KernelHeight; row++)
            for (var column = 0; column < geometry.KernelWidth; column++)
                if (geometry.PixelUnder(y, x, row, column) is var pixel and >= 0)
                    greatest = T.Max(greatest, image[pixel * geometry.Inputs + channel]);
        return greatest;
    }
}
