using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Arm;

/// <summary>Any convolution without groups, in tiles of 4 rows (pixels) by 16 output channels.</summary>
internal sealed unsafe class MatrixConvolution128 : IntegerConvolution, IMatrixKernel
{
    private const int TileRows = 4, Columns = 4, Bytes = 16;

    private readonly List<Panel> _panels;
    private readonly PanelParameters _parameters;
    private readonly PackedWeights _weights;
    private readonly MatrixPlan _plan;
    private readonly bool _isFloat;
    private byte _zeroPoint;

    public MatrixConvolution128(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _isFloat = epilogue is Dequantize;
        _panels = Panel.Uniform(geometry.Outputs, ArmVectors.Lanes, Columns, isInterleaved: false);
        _parameters = new(_panels, epilogue, weights, bias, ArmVectors.ActivationShift);
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

    /// <summary>Rows beyond the last are the last row again; their results are not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTile(int panel, in MatrixBlock block, byte* row0, byte* output, int rows)
    {
        var parameters = _parameters[panel];
        var weights = _weights[panel];
        var row1 = row0 + Math.Min(1, rows - 1) * block.RowStride;
        var row2 = row0 + Math.Min(2, rows - 1) * block.RowStride;
        var row3 = row0 + Math.Min(3, rows - 1) * block.RowStride;
        Vector128<int> sum00, sum01, sum02, sum03, sum10, sum11, sum12, sum13, sum20, sum21, sum22, sum23, sum30, sum31, sum32, sum33;
        sum00 = sum10 = sum20 = sum30 = ArmVectors.LoadBias(parameters, 0);
        sum01 = sum11 = sum21 = sum31 = ArmVectors.LoadBias(parameters, 1);
        sum02 = sum12 = sum22 = sum32 = ArmVectors.LoadBias(parameters, 2);
        sum03 = sum13 = sum23 = sum33 = ArmVectors.LoadBias(parameters, 3);
        for (var segment = 0; segment < Geometry.KernelHeight; segment++)
        {
            var start = segment * block.SegmentStride;
            for (nint offset = start, end = start + _weights.Groups * 4; offset < end; offset += 4, weights += Columns * Bytes)
            {
                var activations = Broadcast(row0 + offset);
                sum00 = ArmVectors.Add(sum00, activations, weights);
                sum01 = ArmVectors.Add(sum01, activations, weights + Bytes);
                sum02 = ArmVectors.Add(sum02, activations, weights + 2 * Bytes);
                sum03 = ArmVectors.Add(sum03, activations, weights + 3 * Bytes);
                activations = Broadcast(row1 + offset);
                sum10 = ArmVectors.Add(sum10, activations, weights);
                sum11 = ArmVectors.Add(sum11, activations, weights + Bytes);
                sum12 = ArmVectors.Add(sum12, activations, weights + 2 * Bytes);
                sum13 = ArmVectors.Add(sum13, activations, weights + 3 * Bytes);
                activations = Broadcast(row2 + offset);
                sum20 = ArmVectors.Add(sum20, activations, weights);
                sum21 = ArmVectors.Add(sum21, activations, weights + Bytes);
                sum22 = ArmVectors.Add(sum22, activations, weights + 2 * Bytes);
                sum23 = ArmVectors.Add(sum23, activations, weights + 3 * Bytes);
                activations = Broadcast(row3 + offset);
                sum30 = ArmVectors.Add(sum30, activations, weights);
                sum31 = ArmVectors.Add(sum31, activations, weights + Bytes);
                sum32 = ArmVectors.Add(sum32, activations, weights + 2 * Bytes);
                sum33 = ArmVectors.Add(sum33, activations, weights + 3 * Bytes);
            }
        }
        var channels = _panels[panel].Channels;
        ArmVectors.Store(_isFloat, output, parameters, channels, sum00, sum01, sum02, sum03);
        if (rows > 1) ArmVectors.Store(_isFloat, output + block.OutputStride, parameters, channels, sum10, sum11, sum12, sum13);
        if (rows > 2) ArmVectors.Store(_isFloat, output + 2 * block.OutputStride, parameters, channels, sum20, sum21, sum22, sum23);
        if (rows > 3) ArmVectors.Store(_isFloat, output + 3 * block.OutputStride, parameters, channels, sum30, sum31, sum32, sum33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Broadcast(byte* group) => ArmVectors.Signed(Vector128.Create(Unsafe.ReadUnaligned<uint>(group)).AsByte());
}
