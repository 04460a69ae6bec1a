using DistillKit.Edge.Kernels.Depthwise;

namespace DistillKit.Edge.Kernels.Floats;

/// <summary>A float depthwise convolution of any window, with channels side by side in a vector.</summary>
internal sealed unsafe class FloatDepthwiseConvolution<TFloats, TVector> : FloatConvolution, IDepthwiseKernel
    where TFloats : struct, IFloatVectors<TVector>
    where TVector : struct
{
    private readonly NativeBuffer packedWeights;
    private readonly NativeBuffer paddedBias;
    private readonly DepthwiseLoop loop;
    private readonly float minimum;
    private readonly float maximum;

    public FloatDepthwiseConvolution(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry)
    {
        loop = new(geometry, sizeof(float), sizeof(float));
        packedWeights = new((long)weights.Length * sizeof(float));
        paddedBias = new((long)geometry.Outputs * sizeof(float));
        bias.CopyTo(new(paddedBias.Pointer, geometry.Outputs));
        var window = geometry.KernelHeight * geometry.KernelWidth;
        for (var i = 0; i < weights.Length; i++) ((float*)packedWeights.Pointer)[i % window * geometry.Outputs + i / window] = weights[i];
        (this.minimum, this.maximum) = (minimum, maximum);
    }

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, firstItem, items, padding: 0);

    public override void Dispose()
    {
        packedWeights.Dispose();
        paddedBias.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLines(byte** rows, byte* output, int lines)
    {
        var (least, greatest) = (TFloats.Broadcast(minimum), TFloats.Broadcast(maximum));
        var values = stackalloc float[TFloats.Lanes];
        var results = (float*)output;
        for (var line = 0; line < lines; line++, rows += Geometry.Stride)
            for (var x = 0; x < Geometry.OutputWidth; x++, results += Geometry.Outputs)
                for (var channel = 0; channel < Geometry.Outputs; channel += TFloats.Lanes)
                {
                    var sum = TFloats.Clip(Accumulate((float**)rows, x * Geometry.Stride - Geometry.PadLeft, channel), least, greatest);
                    if (channel + TFloats.Lanes <= Geometry.Outputs)
                    {
                        TFloats.Store(sum, results + channel);
                        continue;
                    }
                    TFloats.Store(sum, values);
                    new ReadOnlySpan<float>(values, Geometry.Outputs - channel).CopyTo(new(results + channel, Geometry.Outputs - channel));
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TVector Accumulate(float** rows, int left, int channel)
    {
        var weights = (float*)packedWeights.Pointer + channel;
        var sum = TFloats.Load((float*)paddedBias.Pointer + channel);
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = left; x < left + Geometry.KernelWidth; x++, weights += Geometry.Outputs)
            {
                var values = (uint)x < (uint)Geometry.Width ? TFloats.Load(rows[row] + x * Geometry.Inputs + channel) : default;
                sum = TFloats.MultiplyAdd(values, TFloats.Load(weights), sum);
            }
        return sum;
    }
}
