namespace DistillKit.Edge.Kernels.Vectors;

/// <summary>Pooling, with channels side by side.</summary>
internal abstract unsafe partial class VectorKernels
{
    /// <summary>The greatest factor, 2^10, times this many bytes stays below 2^31.</summary>
    private const int MostPixelsOfVector = 1 << 13;

    public override void MaxPool(ConvolutionGeometry geometry, byte* input, byte* output, int images) =>
        MaxPool<byte>(geometry, input, output, images);

    public override void MaxPool(ConvolutionGeometry geometry, float* input, float* output, int images) =>
        MaxPool<float>(geometry, input, output, images);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GlobalAveragePool(byte* input, byte* output, int images, int pixels, int channels, QuantizedAverage average)
    {
        var sums = stackalloc int[Lanes];
        for (var image = 0; image < images; image++, input += pixels * channels, output += channels)
        {
            var channel = 0;
            for (; channel <= channels - Lanes; channel += Lanes)
            {
                var sum = Vector256<int>.Zero;
                for (var pixel = 0; pixel < pixels; pixel++) sum += ToInt32(input + pixel * channels + channel);
                if (Avx2.IsSupported && pixels < MostPixelsOfVector)
                {
                    Unsafe.WriteUnaligned(output + channel, Average(sum, pixels, average));
                    continue;
                }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void GlobalAveragePool(float* input, float* output, int images, int pixels, int channels)
    {
        for (var image = 0; image < images; image++, input += pixels * channels, output += channels)
        {
            var channel = 0;
            for (; channel <= channels - Lanes; channel += Lanes)
            {
                var sum = Vector256<float>.Zero;
                for (var pixel = 0; pixel < pixels; pixel++) sum += Vector256.Load(input + pixel * channels + channel);
                (sum / Vector256.Create((float)pixels)).Store(output + channel);
            }
            for (; channel < channels; channel++)
            {
                var sum = 0f;
                for (var pixel = 0; pixel < pixels; pixel++) sum += input[pixel * channels + channel];
                output[channel] = sum / pixels;
            }
        }
    }

    private static void MaxPool<T>(ConvolutionGeometry geometry, T* input, T* output, int images)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        for (var image = 0; image < images; image++, input += geometry.Height * geometry.Width * geometry.Inputs)
            for (var y = 0; y < geometry.OutputHeight; y++)
                for (var x = 0; x < geometry.OutputWidth; x++, output += geometry.Inputs)
                    MaxOfWindow(geometry, input, y * geometry.Stride - geometry.PadTop, x * geometry.Stride - geometry.PadLeft, output);
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

    /// <summary><see cref="QuantizedAverage.Apply"/> of eight sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Average(Vector256<int> sum, int pixels, QuantizedAverage average)
    {
        sum -= Vector256.Create(pixels * average.InputZeroPoint);
        var multiplier = Vector256.Create(average.Factor.Multiplier);
        var even = ShiftToEven(Avx2.Multiply(sum, multiplier), average.Factor.Shift);
        var odd = ShiftToEven(Avx2.Multiply((sum.AsInt64() >>> 32).AsInt32(), multiplier), average.Factor.Shift);
        var values = Avx2.Blend(even.AsInt32(), (odd << 32).AsInt32(), 0b10101010) + Vector256.Create((int)average.ZeroPoint);
        values = Vector256.Min(Vector256.Max(values, Vector256.Create((int)average.Minimum)), Vector256.Create((int)average.Maximum));
        return ToBytes(values, values, values, values).AsUInt64()[0];
    }

    /// <summary>Products, below 2^62 in size, over 2^shift, rounded to the nearest integer, halves to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> ShiftToEven(Vector256<long> product, int shift)
    {
        // AVX2 shifts 64 bits without their sign, so all are made positive first.
        const long Bias = 1L << 62;
        var half = Vector256.Create(1L << (shift - 1));
        var isHalf = Vector256.Equals(product & Vector256.Create((1L << shift) - 1), half);
        var rounded = ((product + half + Vector256.Create(Bias)) >>> shift) - Vector256.Create(Bias >>> shift);
        return rounded - (isHalf & rounded & Vector256<long>.One);
    }
}
