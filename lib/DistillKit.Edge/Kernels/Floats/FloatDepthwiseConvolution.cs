using System.Runtime.CompilerServices;
using DistillKit.Edge.Kernels.Depthwise;

namespace DistillKit.Edge.Kernels.Floats;

/// <summary>A float depthwise convolution of any window, with channels side by side in a vector.</summary>
internal sealed unsafe class FloatDepthwiseConvolution<TVector> : FloatConvolution, IDepthwiseKernel where TVector : struct, IFloatVector<TVector>
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly DepthwisePlan _plan;
    private readonly float _minimum;
    private readonly float _maximum;

    public FloatDepthwiseConvolution(ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry)
    {
        _plan = new(geometry, sizeof(float), sizeof(float));
        _weights = new((long)weights.Length * sizeof(float));
        _bias = new((long)geometry.Outputs * sizeof(float));
        bias.CopyTo(new(_bias.Pointer, geometry.Outputs));
        var window = geometry.KernelHeight * geometry.KernelWidth;
        for (var i = 0; i < weights.Length; i++) ((float*)_weights.Pointer)[i % window * geometry.Outputs + i / window] = weights[i];
        (_minimum, _maximum) = (minimum, maximum);
    }

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, firstItem, items, padding: 0);

    public override void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLines(byte** rows, byte* output, int lines)
    {
        var (minimum, maximum) = (TVector.Broadcast(_minimum), TVector.Broadcast(_maximum));
        var values = stackalloc float[TVector.Lanes];
        var results = (float*)output;
        for (var line = 0; line < lines; line++, rows += Geometry.Stride)
            for (var x = 0; x < Geometry.OutputWidth; x++, results += Geometry.Outputs)
                for (var channel = 0; channel < Geometry.Outputs; channel += TVector.Lanes)
                {
                    var sum = TVector.Clamp(Accumulate((float**)rows, x * Geometry.Stride - Geometry.PadLeft, channel), minimum, maximum);
                    if (channel + TVector.Lanes <= Geometry.Outputs)
                    {
                        sum.Store(results + channel);
                        continue;
                    }
                    sum.Store(values);
                    new ReadOnlySpan<float>(values, Geometry.Outputs - channel).CopyTo(new(results + channel, Geometry.Outputs - channel));
                }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TVector Accumulate(float** rows, int left, int channel)
    {
        var weights = (float*)_weights.Pointer + channel;
        var sum = TVector.Load((float*)_bias.Pointer + channel);
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = left; x < left + Geometry.KernelWidth; x++, weights += Geometry.Outputs)
            {
                var values = (uint)x < (uint)Geometry.Width ? TVector.Load(rows[row] + x * Geometry.Inputs + channel) : default;
                sum = TVector.MultiplyAdd(values, TVector.Load(weights), sum);
            }
        return sum;
    }
}
