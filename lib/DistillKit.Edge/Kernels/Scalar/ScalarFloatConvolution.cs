namespace DistillKit.Edge.Kernels.Scalar;

/// <summary>The definition of a float convolution, down to the order of its operations. Padding is multiplied like any other zero.</summary>
internal sealed unsafe class ScalarFloatConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum) : FloatConvolution(geometry)
{
    private readonly float[] _weights = weights.ToArray();
    private readonly float[] _bias = bias.IsEmpty ? new float[geometry.Outputs] : bias.ToArray();

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
                    *target++ = ScalarElementwise.Clamp(Accumulate(image, item % Geometry.OutputHeight, x, channel), minimum, maximum);
        }
    }

    private float Accumulate(float* image, int y, int x, int channel)
    {
        var sum = _bias[channel];
        var firstInput = channel / Geometry.GroupOutputs * Geometry.GroupInputs;
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var column = 0; column < Geometry.KernelWidth; column++)
            {
                var (sourceY, sourceX) = (y * Geometry.Stride - Geometry.PadTop + row, x * Geometry.Stride - Geometry.PadLeft + column);
                var inside = (uint)sourceY < (uint)Geometry.Height && (uint)sourceX < (uint)Geometry.Width;
                var source = image + ((long)sourceY * Geometry.Width + sourceX) * Geometry.Inputs + firstInput;
                for (var input = 0; input < Geometry.GroupInputs; input++)
                {
                    var weight = _weights[((channel * Geometry.GroupInputs + input) * Geometry.KernelHeight + row) * Geometry.KernelWidth + column];
                    sum = MathF.FusedMultiplyAdd(inside ? source[input] : 0, weight, sum);
                }
            }
        return sum;
    }
}
