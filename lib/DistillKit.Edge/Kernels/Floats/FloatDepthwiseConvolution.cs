namespace DistillKit.Edge.Kernels.Floats;

/// <summary>A float depthwise convolution of any window, with channels side by side in a vector.</summary>
internal sealed unsafe class FloatDepthwiseConvolution : VectorFloatConvolution, IDepthwiseKernel
{
    private readonly DepthwiseLoop loop;

    public FloatDepthwiseConvolution(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry, weights.Length, geometry.Outputs, bias, minimum, maximum)
    {
        loop = new(geometry, sizeof(float), sizeof(float));
        var window = geometry.KernelHeight * geometry.KernelWidth;
        for (var i = 0; i < weights.Length; i++) Weights[i % window * geometry.Outputs + i / window] = weights[i];
    }

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, firstItem, items, padding: 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLines(byte** rows, byte* output, int lines)
    {
        var values = stackalloc float[Lanes];
        var results = (float*)output;
        for (var line = 0; line < lines; line++, rows += Geometry.Stride)
            for (var x = 0; x < Geometry.OutputWidth; x++, results += Geometry.Outputs)
                for (var channel = 0; channel < Geometry.Outputs; channel += Lanes)
                {
                    var sum = Clip(Accumulate((float**)rows, x * Geometry.Stride - Geometry.PadLeft, channel));
                    if (channel + Lanes <= Geometry.Outputs)
                    {
                        sum.Store(results + channel);
                        continue;
                    }
                    sum.Store(values);
                    new ReadOnlySpan<float>(values, Geometry.Outputs - channel).CopyTo(new(results + channel, Geometry.Outputs - channel));
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector<float> Accumulate(float** rows, int left, int channel)
    {
        var weights = Weights + channel;
        var sum = Vector.Load(Bias + channel);
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = left; x < left + Geometry.KernelWidth; x++, weights += Geometry.Outputs)
            {
                var values = (uint)x < (uint)Geometry.Width ? Vector.Load(rows[row] + x * Geometry.Inputs + channel) : default;
                sum = Vector.FusedMultiplyAdd(values, Vector.Load(weights), sum);
            }
        return sum;
    }
}
