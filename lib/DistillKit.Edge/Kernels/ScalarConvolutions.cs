namespace DistillKit.Edge.Kernels;

/// <summary>The definition of an integer convolution. Accumulators are 32 bits wide and wrap around.</summary>
internal sealed unsafe class ScalarIntegerConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    : IntegerConvolution(geometry, epilogue)
{
    private readonly sbyte[] weights = weights.ToArray();
    private readonly int[] bias = bias.IsEmpty ? new int[geometry.Outputs] : bias.ToArray();
    private QuantizationGrid inputGrid = new(1, 0);

    public override void Bind(QuantizationGrid input) => inputGrid = input;

    /// <summary>One item for each output row.</summary>
    public override int WorkItems(int images) => images * Geometry.OutputHeight;

    public override void Run(void* input, void* output, int images, int firstItem, int items)
    {
        for (var item = firstItem; item < firstItem + items; item++)
        {
            var image = (byte*)input + (long)(item / Geometry.OutputHeight) * Geometry.Height * Geometry.Width * Geometry.Inputs;
            var offset = (long)item * Geometry.OutputWidth * Geometry.Outputs;
            for (var x = 0; x < Geometry.OutputWidth; x++)
                for (var channel = 0; channel < Geometry.Outputs; channel++, offset++)
                    Store(Accumulate(image, item % Geometry.OutputHeight, x, channel), channel, output, offset);
        }
    }

    private int Accumulate(byte* image, int y, int x, int channel)
    {
        var sum = bias[channel];
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var column = 0; column < Geometry.KernelWidth; column++)
                if (Geometry.PixelUnder(y, x, row, column) is var pixel and >= 0)
                    for (var i = 0; i < Geometry.GroupInputs; i++)
                        sum += (image[pixel * Geometry.Inputs + Geometry.FirstInput(channel) + i] - inputGrid.ZeroPoint)
                            * weights[Geometry.WeightIndex(channel, i, row, column)];
        return sum;
    }

    private void Store(int accumulator, int channel, void* output, long offset)
    {
        switch (Epilogue)
        {
            case Requantize r:
                ((byte*)output)[offset] = r.Factors[channel].Scale(accumulator, r.ZeroPoint, r.Minimum, r.Maximum);
                break;
            case Dequantize d:
                var value = accumulator * d.Factor(channel, inputGrid) + d.Biases[channel];
                ((float*)output)[offset] = Elementwise.Clip(value, d.Minimum, d.Maximum);
                break;
            default:
                throw new UnreachableException(Epilogue.ToString());
        }
    }
}

/// <summary>The definition of a float convolution, down to the order of its operations. Padding is multiplied like any zero.</summary>
internal sealed unsafe class ScalarFloatConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
    : FloatConvolution(geometry)
{
    private readonly float[] weights = weights.ToArray();
    private readonly float[] bias = bias.IsEmpty ? new float[geometry.Outputs] : bias.ToArray();

    /// <summary>One item for each output row.</summary>
    public override int WorkItems(int images) => images * Geometry.OutputHeight;

    public override void Run(void* input, void* output, int images, int firstItem, int items)
    {
        var target = (float*)output + (long)firstItem * Geometry.OutputWidth * Geometry.Outputs;
        for (var item = firstItem; item < firstItem + items; item++)
        {
            var image = (float*)input + (long)(item / Geometry.OutputHeight) * Geometry.Height * Geometry.Width * Geometry.Inputs;
            for (var x = 0; x < Geometry.OutputWidth; x++)
                for (var channel = 0; channel < Geometry.Outputs; channel++)
                    *target++ = Elementwise.Clip(Accumulate(image, item % Geometry.OutputHeight, x, channel), minimum, maximum);
        }
    }

    private float Accumulate(float* image, int y, int x, int channel)
    {
        var sum = bias[channel];
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var column = 0; column < Geometry.KernelWidth; column++)
            {
                var pixel = Geometry.PixelUnder(y, x, row, column);
                for (var i = 0; i < Geometry.GroupInputs; i++)
                {
                    var value = pixel < 0 ? 0 : image[pixel * Geometry.Inputs + Geometry.FirstInput(channel) + i];
                    sum = MathF.FusedMultiplyAdd(value, weights[Geometry.WeightIndex(channel, i, row, column)], sum);
                }
            }
        return sum;
    }
}
