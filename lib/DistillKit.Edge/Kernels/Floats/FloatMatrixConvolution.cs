using System.Runtime.CompilerServices;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Floats;

/// <summary>Any float convolution without groups, in tiles of 4 rows (pixels) by two vectors of output channels.</summary>
internal sealed unsafe class FloatMatrixConvolution<TVector> : FloatConvolution, IMatrixKernel where TVector : struct, IFloatVector<TVector>
{
    private const int TileRows = 4, Columns = 2;

    private readonly List<Panel> _panels;
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly MatrixPlan _plan;
    private readonly float _minimum;
    private readonly float _maximum;

    public FloatMatrixConvolution(ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry)
    {
        _panels = Panel.Uniform(geometry.Outputs, TVector.Lanes, Columns, isInterleaved: false);
        _plan = new(geometry, sizeof(float), sizeof(float), _panels.Count);
        _weights = new((long)_panels.Count * PanelWeights * sizeof(float));
        _bias = new((long)_panels.Count * PanelChannels * sizeof(float));
        bias.CopyTo(new(_bias.Pointer, geometry.Outputs));
        for (var panel = 0; panel < _panels.Count; panel++) Pack(panel, weights);
        (_minimum, _maximum) = (minimum, maximum);
    }

    private static int PanelChannels => Columns * TVector.Lanes;

    private int PanelWeights => Geometry.Depth * PanelChannels;

    /// <summary>Values of a segment.</summary>
    private int Depth => Geometry.KernelWidth * Geometry.Inputs;

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, images, firstItem, items, padding: 0);

    public override void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int panel, in MatrixBlock block)
    {
        for (var line = 0; line < block.Lines; line++)
            for (var row = 0; row < block.Rows; row += TileRows)
            {
                var output = block.Output + (line * (nint)block.Rows + row) * block.OutputStride + (long)_panels[panel].FirstChannel * sizeof(float);
                MultiplyTile(panel, block, block.Input + line * block.LineStride + row * block.RowStride, output, Math.Min(TileRows, block.Rows - row));
            }
    }

    /// <summary>Rows beyond the last are the last row again; their results are not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTile(int panel, in MatrixBlock block, byte* row0, byte* output, int rows)
    {
        var weights = (float*)_weights.Pointer + (long)panel * PanelWeights;
        var bias = (float*)_bias.Pointer + panel * PanelChannels;
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        TVector sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31;
        sum00 = sum10 = sum20 = sum30 = TVector.Load(bias);
        sum01 = sum11 = sum21 = sum31 = TVector.Load(bias + TVector.Lanes);
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            for (nint offset = start, end = start + Depth * sizeof(float); offset < end; offset += sizeof(float), weights += 2 * TVector.Lanes)
            {
                var (weights0, weights1) = (TVector.Load(weights), TVector.Load(weights + TVector.Lanes));
                var value = TVector.Broadcast(*(float*)(row0 + offset));
                sum00 = TVector.MultiplyAdd(value, weights0, sum00);
                sum01 = TVector.MultiplyAdd(value, weights1, sum01);
                value = TVector.Broadcast(*(float*)(row1 + offset));
                sum10 = TVector.MultiplyAdd(value, weights0, sum10);
                sum11 = TVector.MultiplyAdd(value, weights1, sum11);
                value = TVector.Broadcast(*(float*)(row2 + offset));
                sum20 = TVector.MultiplyAdd(value, weights0, sum20);
                sum21 = TVector.MultiplyAdd(value, weights1, sum21);
                value = TVector.Broadcast(*(float*)(row3 + offset));
                sum30 = TVector.MultiplyAdd(value, weights0, sum30);
                sum31 = TVector.MultiplyAdd(value, weights1, sum31);
            }
        }
        var channels = _panels[panel].Channels;
        Store(output, sum00, sum01, channels);
        if (rows > 1) Store(output + block.OutputStride, sum10, sum11, channels);
        if (rows > 2) Store(output + 2 * block.OutputStride, sum20, sum21, channels);
        if (rows > 3) Store(output + 3 * block.OutputStride, sum30, sum31, channels);
    }

    private void Store(byte* output, TVector sum0, TVector sum1, int channels)
    {
        var (minimum, maximum) = (TVector.Broadcast(_minimum), TVector.Broadcast(_maximum));
        var values = stackalloc float[PanelChannels];
        var target = channels == PanelChannels ? (float*)output : values;
        TVector.Clamp(sum0, minimum, maximum).Store(target);
        TVector.Clamp(sum1, minimum, maximum).Store(target + TVector.Lanes);
        if (target == values) new ReadOnlySpan<float>(values, channels).CopyTo(new(output, channels));
    }

    private void Pack(int panel, ReadOnlySpan<float> weights)
    {
        var packed = (float*)_weights.Pointer + (long)panel * PanelWeights;
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = 0; x < Geometry.KernelWidth; x++)
                for (var input = 0; input < Geometry.Inputs; input++, packed += PanelChannels)
                    for (var i = 0; i < _panels[panel].Channels; i++)
                        packed[i] = weights[(((_panels[panel].FirstChannel + i) * Geometry.Inputs + input) * Geometry.KernelHeight + row) * Geometry.KernelWidth + x];
    }
}
