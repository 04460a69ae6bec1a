namespace DistillKit.Edge.Kernels.Scalar;

/// <summary>The definition of an integer convolution. Accumulators are 32 bits wide and wrap around.</summary>
internal sealed unsafe class ScalarIntegerConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue) : IntegerConvolution(geometry, epilogue)
{
    private readonly sbyte[] _weights = weights.ToArray();
    private readonly int[] _bias = bias.IsEmpty ? new int[geometry.Outputs] : bias.ToArray();
    private byte _zeroPoint;
    private float _scale = 1;

    public override void Bind(byte inputZeroPoint, float inputScale) => (_zeroPoint, _scale) = (inputZeroPoint, inputScale);

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
        var sum = _bias[channel];
        var firstInput = channel / Geometry.GroupOutputs * Geometry.GroupInputs;
        for (var input = 0; input < Geometry.GroupInputs; input++)
            for (var row = 0; row < Geometry.KernelHeight; row++)
                for (var column = 0; column < Geometry.KernelWidth; column++)
                {
                    var (sourceY, sourceX) = (y * Geometry.Stride - Geometry.PadTop + row, x * Geometry.Stride - Geometry.PadLeft + column);
                    if ((uint)sourceY >= (uint)Geometry.Height || (uint)sourceX >= (uint)Geometry.Width) continue;
                    var value = image[((long)sourceY * Geometry.Width + sourceX) * Geometry.Inputs + firstInput + input];
                    sum += (value - _zeroPoint) * _weights[((channel * Geometry.GroupInputs + input) * Geometry.KernelHeight + row) * Geometry.KernelWidth + column];
                }
        return sum;
    }

    private void Store(int accumulator, int channel, void* output, long offset)
    {
        if (Epilogue is Requantize r)
            ((byte*)output)[offset] = new FixedPoint(r.Multipliers[channel], r.Shifts[channel]).Scale(accumulator, r.ZeroPoint, r.Minimum, r.Maximum);
        else if (Epilogue is Dequantize d)
            ((float*)output)[offset] = ScalarElementwise.Clamp(accumulator * (d.Scales[channel] * _scale) + d.Biases[channel], d.Minimum, d.Maximum);
    }
}
