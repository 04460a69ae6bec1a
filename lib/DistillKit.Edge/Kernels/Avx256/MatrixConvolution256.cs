using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>Any convolution without groups, in tiles of 4 rows (pixels) by 16 output channels.</summary>
internal sealed unsafe class MatrixConvolution256<TDot, TOperand> : IntegerConvolution, IMatrixKernel where TDot : struct, IDotProduct<TOperand>
{
    private const int TileRows = 4, Columns = 2, TileChannels = Columns * EpilogueVectors.Lanes;

    private readonly List<Panel> _panels;
    private readonly PanelParameters _parameters;
    private readonly PackedWeights _weights;
    private readonly MatrixPlan _plan;
    private readonly bool _isFloat;
    private byte _zeroPoint;

    public MatrixConvolution256(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _isFloat = epilogue is Dequantize;
        _panels = Panel.Uniform(geometry.Outputs, EpilogueVectors.Lanes, Columns, isInterleaved: !_isFloat);
        _parameters = new(_panels, epilogue, weights, bias);
        _weights = new(geometry, _panels, weights);
        _plan = new(geometry, sizeof(byte), OutputBytes, _panels.Count);
    }

    private int OutputBytes => _isFloat ? sizeof(float) : sizeof(byte);

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, images, firstItem, items, _zeroPoint);

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int panel, in MatrixBlock block)
    {
        for (var line = 0; line < block.Lines; line++)
            for (var row = 0; row < block.Rows; row += TileRows)
            {
                var output = block.Output + (line * (nint)block.Rows + row) * block.OutputStride + (long)_panels[panel].FirstChannel * OutputBytes;
                MultiplyTile(panel, block, block.Input + line * block.LineStride + row * block.RowStride, output, Math.Min(TileRows, block.Rows - row));
            }
    }

    /// <summary>
    /// Rows beyond the last are the last row again; their results are not stored. (Hot loops here and elsewhere are optimized at once: the runtime's
    /// tiers were seen to leave such short ones in a slow version for good.)
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTile(int panel, in MatrixBlock block, byte* row0, byte* output, int rows)
    {
        var parameters = _parameters[panel];
        var weights = _weights[panel];
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        Vector256<int> sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31;
        sum00 = sum10 = sum20 = sum30 = EpilogueVectors.LoadBias(parameters, 0);
        sum01 = sum11 = sum21 = sum31 = EpilogueVectors.LoadBias(parameters, 1);
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            for (nint offset = start, end = start + _weights.Groups * 4; offset < end; offset += 4, weights += 2 * Vector256<sbyte>.Count)
            {
                var weights0 = TDot.Signed(Vector256.Load(weights));
                var weights1 = TDot.Signed(Vector256.Load(weights + Vector256<sbyte>.Count));
                var activations = Broadcast(row0 + offset);
                sum00 = TDot.Add(sum00, activations, weights0);
                sum01 = TDot.Add(sum01, activations, weights1);
                activations = Broadcast(row1 + offset);
                sum10 = TDot.Add(sum10, activations, weights0);
                sum11 = TDot.Add(sum11, activations, weights1);
                activations = Broadcast(row2 + offset);
                sum20 = TDot.Add(sum20, activations, weights0);
                sum21 = TDot.Add(sum21, activations, weights1);
                activations = Broadcast(row3 + offset);
                sum30 = TDot.Add(sum30, activations, weights0);
                sum31 = TDot.Add(sum31, activations, weights1);
            }
        }
        var channels = _panels[panel].Channels;
        Store(output, sum00, sum01, parameters, channels);
        if (rows > 1) Store(output + block.OutputStride, sum10, sum11, parameters, channels);
        if (rows > 2) Store(output + 2 * block.OutputStride, sum20, sum21, parameters, channels);
        if (rows > 3) Store(output + 3 * block.OutputStride, sum30, sum31, parameters, channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TOperand Broadcast(byte* group) => TDot.Unsigned(Vector256.Create(Unsafe.ReadUnaligned<uint>(group)).AsByte());

    private void Store(byte* output, Vector256<int> sum0, Vector256<int> sum1, byte* parameters, int channels)
    {
        if (_isFloat)
        {
            var values = stackalloc float[TileChannels];
            var target = channels == TileChannels ? (float*)output : values;
            EpilogueVectors.ToFloats(sum0, parameters, 0).Store(target);
            EpilogueVectors.ToFloats(sum1, parameters, 1).Store(target + EpilogueVectors.Lanes);
            if (target == values) Unsafe.CopyBlockUnaligned(output, values, (uint)(channels * sizeof(float)));
        }
        else
        {
            var bytes = EpilogueVectors.ToBytes(sum0, sum1, parameters);
            if (channels == TileChannels) bytes.Store(output);
            else Unsafe.CopyBlockUnaligned(output, &bytes, (uint)channels);
        }
    }
}
