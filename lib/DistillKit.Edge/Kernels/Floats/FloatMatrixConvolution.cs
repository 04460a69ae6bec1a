using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Floats;

/// <summary>Any float convolution without groups, in tiles of 4 rows (pixels) by two vectors of output channels.</summary>
internal sealed unsafe class FloatMatrixConvolution<TFloats, TVector> : FloatConvolution, IMatrixKernel
    where TFloats : struct, IFloatVectors<TVector>
    where TVector : struct
{
    private const int TileRows = 4, Columns = 2;

    private readonly List<Panel> panels;
    private readonly NativeBuffer packedWeights;
    private readonly NativeBuffer paddedBias;
    private readonly MatrixLoop loop;
    private readonly float minimum;
    private readonly float maximum;

    public FloatMatrixConvolution(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry)
    {
        panels = Panel.Uniform(geometry.Outputs, TFloats.Lanes, Columns, isInterleaved: false);
        loop = new(geometry, sizeof(float), sizeof(float), panels.Count);
        packedWeights = new((long)panels.Count * PanelWeights * sizeof(float));
        paddedBias = new((long)panels.Count * PanelChannels * sizeof(float));
        bias.CopyTo(new(paddedBias.Pointer, geometry.Outputs));
        for (var panel = 0; panel < panels.Count; panel++) Pack(panel, weights);
        (this.minimum, this.maximum) = (minimum, maximum);
    }

    private static int PanelChannels => Columns * TFloats.Lanes;

    private int PanelWeights => Geometry.Depth * PanelChannels;

    /// <summary>Values of a segment.</summary>
    private int Depth => Geometry.KernelWidth * Geometry.Inputs;

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, images, firstItem, items, padding: 0);

    public override void Dispose()
    {
        packedWeights.Dispose();
        paddedBias.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int panel, in MatrixBlock block)
    {
        for (var line = 0; line < block.Lines; line++)
            for (var row = 0; row < block.Rows; row += TileRows)
            {
                var output = block.Output + (line * (nint)block.Rows + row) * block.OutputStride
                    + (long)panels[panel].FirstChannel * sizeof(float);
                MultiplyTile(panel, block, block.Input + line * block.LineStride + row * block.RowStride, output,
                    Math.Min(TileRows, block.Rows - row));
            }
    }

    /// <summary>Rows beyond the last are the last row again; their results are not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTile(int panel, in MatrixBlock block, byte* row0, byte* output, int rows)
    {
        var weights = (float*)packedWeights.Pointer + (long)panel * PanelWeights;
        var bias = (float*)paddedBias.Pointer + panel * PanelChannels;
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        TVector sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31;
        sum00 = sum10 = sum20 = sum30 = TFloats.Load(bias);
        sum01 = sum11 = sum21 = sum31 = TFloats.Load(bias + TFloats.Lanes);
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            var end = start + Depth * sizeof(float);
            for (var offset = start; offset < end; offset += sizeof(float), weights += 2 * TFloats.Lanes)
            {
                var (weights0, weights1) = (TFloats.Load(weights), TFloats.Load(weights + TFloats.Lanes));
                var value = TFloats.Broadcast(*(float*)(row0 + offset));
                sum00 = TFloats.MultiplyAdd(value, weights0, sum00);
                sum01 = TFloats.MultiplyAdd(value, weights1, sum01);
                value = TFloats.Broadcast(*(float*)(row1 + offset));
                sum10 = TFloats.MultiplyAdd(value, weights0, sum10);
                sum11 = TFloats.MultiplyAdd(value, weights1, sum11);
                value = TFloats.Broadcast(*(float*)(row2 + offset));
                sum20 = TFloats.MultiplyAdd(value, weights0, sum20);
                sum21 = TFloats.MultiplyAdd(value, weights1, sum21);
                value = TFloats.Broadcast(*(float*)(row3 + offset));
                sum30 = TFloats.MultiplyAdd(value, weights0, sum30);
                sum31 = TFloats.MultiplyAdd(value, weights1, sum31);
            }
        }
        var channels = panels[panel].Channels;
        Store(output, sum00, sum01, channels);
        if (rows > 1) Store(output + block.OutputStride, sum10, sum11, channels);
        if (rows > 2) Store(output + 2 * block.OutputStride, sum20, sum21, channels);
        if (rows > 3) Store(output + 3 * block.OutputStride, sum30, sum31, channels);
    }

    private void Store(byte* output, TVector sum0, TVector sum1, int channels)
    {
        var (least, greatest) = (TFloats.Broadcast(minimum), TFloats.Broadcast(maximum));
        var values = stackalloc float[PanelChannels];
        var target = channels == PanelChannels ? (float*)output : values;
        TFloats.Store(TFloats.Clip(sum0, least, greatest), target);
        TFloats.Store(TFloats.Clip(sum1, least, greatest), target + TFloats.Lanes);
        if (target == values) new ReadOnlySpan<float>(values, channels).CopyTo(new(output, channels));
    }

    private void Pack(int panel, ReadOnlySpan<float> weights)
    {
        var packed = (float*)packedWeights.Pointer + (long)panel * PanelWeights;
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = 0; x < Geometry.KernelWidth; x++)
                for (var input = 0; input < Geometry.Inputs; input++, packed += PanelChannels)
                    for (var i = 0; i < panels[panel].Channels; i++)
                        packed[i] = weights[Geometry.WeightIndex(panels[panel].FirstChannel + i, input, row, x)];
    }
}
