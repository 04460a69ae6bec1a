namespace DistillKit.Edge.Kernels.Integers;

/// <summary>Any integer convolution without groups, in tiles of 4 rows (pixels) by 16 output channels.</summary>
internal sealed unsafe class ByteMatrixConvolution<TVectors, TSums, TOperand>(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    : MatrixConvolution(geometry, epilogue,
        Panel.Cover(geometry.Outputs, BytePanel.Lanes, Columns, Columns, isInterleaved: epilogue is Requantize),
        weights, bias, TVectors.ActivationShift)
    where TVectors : struct, IByteVectors<TSums, TOperand>
{
    private const int TileRows = 4, Columns = 2, ColumnWeights = BytePanel.Lanes * 4, TileChannels = Columns * BytePanel.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int panel, in MatrixBlock block)
    {
        for (var line = 0; line < block.Lines; line++)
            for (var row = 0; row < block.Rows; row += TileRows)
            {
                var output = block.Output + (line * (nint)block.Rows + row) * block.OutputStride
                    + (long)Panels[panel].FirstChannel * OutputBytes;
                MultiplyTile(panel, block, block.Input + line * block.LineStride + row * block.RowStride, output,
                    Math.Min(TileRows, block.Rows - row));
            }
    }

    /// <summary>Rows beyond the last are the last row again; their results are not stored. (Hot loops here and elsewhere are optimized at
    /// once: the runtime's tiers were seen to leave such short ones in a slow version for good.)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTile(int panel, in MatrixBlock block, byte* row0, byte* output, int rows)
    {
        var parameters = Parameters[panel];
        var weights = Weights[panel];
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        TSums sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31;
        sum00 = sum10 = sum20 = sum30 = TVectors.Load(BytePanel.Bias(parameters, 0));
        sum01 = sum11 = sum21 = sum31 = TVectors.Load(BytePanel.Bias(parameters, 1));
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            for (nint offset = start, end = start + Weights.Groups * 4; offset < end; offset += 4, weights += Columns * ColumnWeights)
            {
                var weights0 = TVectors.Weights(weights);
                var weights1 = TVectors.Weights(weights + ColumnWeights);
                var activations = TVectors.Broadcast(row0 + offset);
                sum00 = TVectors.Add(sum00, activations, weights0);
                sum01 = TVectors.Add(sum01, activations, weights1);
                activations = TVectors.Broadcast(row1 + offset);
                sum10 = TVectors.Add(sum10, activations, weights0);
                sum11 = TVectors.Add(sum11, activations, weights1);
                activations = TVectors.Broadcast(row2 + offset);
                sum20 = TVectors.Add(sum20, activations, weights0);
                sum21 = TVectors.Add(sum21, activations, weights1);
                activations = TVectors.Broadcast(row3 + offset);
                sum30 = TVectors.Add(sum30, activations, weights0);
                sum31 = TVectors.Add(sum31, activations, weights1);
            }
        }
        var channels = Panels[panel].Channels;
        Store(output, sum00, sum01, parameters, channels);
        if (rows > 1) Store(output + block.OutputStride, sum10, sum11, parameters, channels);
        if (rows > 2) Store(output + 2 * block.OutputStride, sum20, sum21, parameters, channels);
        if (rows > 3) Store(output + 3 * block.OutputStride, sum30, sum31, parameters, channels);
    }

    private void Store(byte* output, TSums sum0, TSums sum1, byte* parameters, int channels)
    {
        var values = stackalloc byte[TileChannels * sizeof(float)];
        var target = channels == TileChannels ? output : values;
        if (IsFloat)
        {
            TVectors.StoreFloats(sum0, parameters, 0, (float*)target, (float*)target + 4);
            TVectors.StoreFloats(sum1, parameters, 1, (float*)target + 8, (float*)target + 12);
        }
        else TVectors.StoreBytes(sum0, sum1, parameters, target);
        if (target == values) Unsafe.CopyBlockUnaligned(output, values, (uint)(channels * OutputBytes));
    }
}
