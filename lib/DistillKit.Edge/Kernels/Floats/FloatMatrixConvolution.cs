namespace DistillKit.Edge.Kernels.Floats;

/// <summary>Any float convolution without groups, in tiles of 4 rows (pixels) by two vectors of output channels.</summary>
internal sealed unsafe class FloatMatrixConvolution : VectorFloatConvolution, IMatrixKernel
{
    private const int TileRows = 4, Columns = 2;

    private readonly List<Panel> panels;
    private readonly MatrixLoop loop;

    public FloatMatrixConvolution(
        ConvolutionGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, float minimum, float maximum)
        : base(geometry, (long)Padded(geometry) * geometry.Depth, Padded(geometry), bias, minimum, maximum)
    {
        panels = Panel.Cover(geometry.Outputs, Lanes, Columns, Columns, isInterleaved: false);
        loop = new(geometry, sizeof(float), sizeof(float), panels.Count);
        for (var panel = 0; panel < panels.Count; panel++) Pack(panel, weights);
    }

    private static int PanelChannels => Columns * Lanes;

    private int PanelWeights => Geometry.Depth * PanelChannels;

    /// <summary>Values of a segment.</summary>
    private int Depth => Geometry.KernelWidth * Geometry.Inputs;

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, images, firstItem, items, padding: 0);

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
        var weights = Weights + (long)panel * PanelWeights;
        var bias = Bias + panel * PanelChannels;
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        Vector<float> sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31;
        sum00 = sum10 = sum20 = sum30 = Vector.Load(bias);
        sum01 = sum11 = sum21 = sum31 = Vector.Load(bias + Lanes);
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            var end = start + Depth * sizeof(float);
            for (var offset = start; offset < end; offset += sizeof(float), weights += 2 * Lanes)
            {
                var (weights0, weights1) = (Vector.Load(weights), Vector.Load(weights + Lanes));
                var value = Vector.Create(*(float*)(row0 + offset));
                sum00 = Vector.FusedMultiplyAdd(value, weights0, sum00);
                sum01 = Vector.FusedMultiplyAdd(value, weights1, sum01);
                value = Vector.Create(*(float*)(row1 + offset));
                sum10 = Vector.FusedMultiplyAdd(value, weights0, sum10);
                sum11 = Vector.FusedMultiplyAdd(value, weights1, sum11);
                value = Vector.Create(*(float*)(row2 + offset));
                sum20 = Vector.FusedMultiplyAdd(value, weights0, sum20);
                sum21 = Vector.FusedMultiplyAdd(value, weights1, sum21);
                value = Vector.Create(*(float*)(row3 + offset));
                sum30 = Vector.FusedMultiplyAdd(value, weights0, sum30);
                sum31 = Vector.FusedMultiplyAdd(value, weights1, sum31);
            }
        }
        var channels = panels[panel].Channels;
        Store(output, sum00, sum01, channels);
        if (rows > 1) Store(output + block.OutputStride, sum10, sum11, channels);
        if (rows > 2) Store(output + 2 * block.OutputStride, sum20, sum21, channels);
        if (rows > 3) Store(output + 3 * block.OutputStride, sum30, sum31, channels);
    }

    private void Store(byte* output, Vector<float> sum0, Vector<float> sum1, int channels)
    {
        var values = stackalloc float[PanelChannels];
        var target = channels == PanelChannels ? (float*)output : values;
        Clip(sum0).Store(target);
        Clip(sum1).Store(target + Lanes);
        if (target == values) new ReadOnlySpan<float>(values, channels).CopyTo(new(output, channels));
    }

    private static int Padded(ConvolutionGeometry geometry) => (geometry.Outputs + PanelChannels - 1) / PanelChannels * PanelChannels;

    private void Pack(int panel, ReadOnlySpan<float> weights)
    {
        var packed = Weights + (long)panel * PanelWeights;
        for (var row = 0; row < Geometry.KernelHeight; row++)
            for (var x = 0; x < Geometry.KernelWidth; x++)
                for (var input = 0; input < Geometry.Inputs; input++, packed += PanelChannels)
                    for (var i = 0; i < panels[panel].Channels; i++)
                        packed[i] = weights[Geometry.WeightIndex(panels[panel].FirstChannel + i, input, row, x)];
    }
}
