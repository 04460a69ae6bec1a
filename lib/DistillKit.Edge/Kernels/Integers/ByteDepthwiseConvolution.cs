namespace DistillKit.Edge.Kernels.Integers;

/// <summary>An integer depthwise 3x3 convolution, 32 channels at a time. A line's three input rows are first interleaved byte by byte into
/// working memory, padding included, so that a dot product of four bytes adds three products of one channel; then each output pixel takes
/// three columns of it.</summary>
internal sealed unsafe class ByteDepthwiseConvolution<TVectors, TSums, TOperand>(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    : DepthwiseConvolution(geometry, epilogue, BytePanel.Lanes, weights, bias, TVectors.ActivationShift)
    where TVectors : struct, IByteVectors<TSums, TOperand>
{
    private const int VectorBytes = 32, ColumnBytes = InterleavedWeights.Vectors * VectorBytes, BlockChannels = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RunLines(byte** rows, byte* output, int lines)
    {
        var columns = Scratch.Second((long)(Geometry.PadLeft + Geometry.Width + Geometry.PadRight) * ColumnBytes);
        for (var line = 0; line < lines; line++, rows += Geometry.Stride, output += Geometry.OutputWidth * Geometry.Outputs * OutputBytes)
            for (var block = 0; block < Panels.Count; block++)
            {
                var first = Panels[block].FirstChannel;
                Interleave(rows[0] + first, rows[1] + first, rows[2] + first, columns);
                var target = output + first * OutputBytes;
                for (var x = 0; x < Geometry.OutputWidth; x++, target += Geometry.Outputs * OutputBytes)
                    ComputePixel(block, columns + x * Geometry.Stride * ColumnBytes, target);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleave(byte* top, byte* middle, byte* bottom, byte* columns)
    {
        Unsafe.InitBlockUnaligned(columns, ZeroPoint, (uint)(Geometry.PadLeft * ColumnBytes));
        columns += Geometry.PadLeft * ColumnBytes;
        for (var x = 0; x < Geometry.Width; x++, columns += ColumnBytes)
        {
            var offset = x * Geometry.Inputs;
            TVectors.Interleave(top + offset, middle + offset, bottom + offset, columns);
        }
        Unsafe.InitBlockUnaligned(columns, ZeroPoint, (uint)(Geometry.PadRight * ColumnBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputePixel(int block, byte* columns, byte* output)
    {
        var parameters = Parameters[block];
        var weights = Weights[block];
        var sum0 = TVectors.Load(BytePanel.Bias(parameters, 0));
        var sum1 = TVectors.Load(BytePanel.Bias(parameters, 1));
        var sum2 = TVectors.Load(BytePanel.Bias(parameters, 2));
        var sum3 = TVectors.Load(BytePanel.Bias(parameters, 3));
        for (var column = 0; column < InterleavedWeights.Window; column++, columns += ColumnBytes, weights += ColumnBytes)
        {
            sum0 = TVectors.Add(sum0, TVectors.Activations(columns), TVectors.Weights(weights));
            sum1 = TVectors.Add(sum1, TVectors.Activations(columns + VectorBytes), TVectors.Weights(weights + VectorBytes));
            sum2 = TVectors.Add(sum2, TVectors.Activations(columns + 2 * VectorBytes), TVectors.Weights(weights + 2 * VectorBytes));
            sum3 = TVectors.Add(sum3, TVectors.Activations(columns + 3 * VectorBytes), TVectors.Weights(weights + 3 * VectorBytes));
        }
        var channels = Panels[block].Channels;
        if (!IsFloat && channels == BlockChannels) TVectors.StoreBytes(sum0, sum1, sum2, sum3, parameters, output);
        else StorePart(output, parameters, channels, sum0, sum1, sum2, sum3);
    }

    /// <summary>Stores floats, or fewer than 32 bytes. Lane l of column c holds the channels from (l * columns + c) * 4.</summary>
    private void StorePart(byte* output, byte* parameters, int channels, TSums sum0, TSums sum1, TSums sum2, TSums sum3)
    {
        var values = stackalloc float[BlockChannels];
        if (IsFloat)
        {
            TVectors.StoreFloats(sum0, parameters, 0, values, values + 16);
            TVectors.StoreFloats(sum1, parameters, 1, values + 4, values + 20);
            TVectors.StoreFloats(sum2, parameters, 2, values + 8, values + 24);
            TVectors.StoreFloats(sum3, parameters, 3, values + 12, values + 28);
        }
        else TVectors.StoreBytes(sum0, sum1, sum2, sum3, parameters, (byte*)values);
        Unsafe.CopyBlockUnaligned(output, values, (uint)(channels * OutputBytes));
    }
}
