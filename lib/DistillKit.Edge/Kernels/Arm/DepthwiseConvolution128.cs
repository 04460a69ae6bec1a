using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Arm;

/// <summary>
/// A depthwise 3x3 convolution, 16 channels at a time. A line's three input rows are first interleaved byte by byte into working memory, padding
/// included, so that a dot product of four bytes adds three products of one channel; then each output pixel takes three columns of it.
/// </summary>
internal sealed unsafe class DepthwiseConvolution128 : IntegerConvolution, IDepthwiseKernel
{
    private const int Window = InterleavedWeights.Window, Vectors = InterleavedWeights.Vectors, Bytes = 16, ColumnBytes = Vectors * Bytes;

    private readonly List<Panel> _blocks;
    private readonly PanelParameters _parameters;
    private readonly InterleavedWeights _weights;
    private readonly DepthwisePlan _plan;
    private readonly bool _isFloat;
    private byte _zeroPoint;

    public DepthwiseConvolution128(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _isFloat = epilogue is Dequantize;
        _blocks = Panel.Uniform(geometry.Outputs, ArmVectors.Lanes, Vectors, isInterleaved: false);
        _parameters = new(_blocks, epilogue, weights, bias, ArmVectors.ActivationShift);
        _weights = new(_blocks, weights);
        _plan = new(geometry, sizeof(byte), OutputBytes);
    }

    private int OutputBytes => _isFloat ? sizeof(float) : sizeof(byte);

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, firstItem, items, _zeroPoint);

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RunLines(byte** rows, byte* output, int lines)
    {
        var columns = Scratch.Second((long)(Geometry.PadLeft + Geometry.Width + Geometry.PadRight) * ColumnBytes);
        for (var line = 0; line < lines; line++, rows += Geometry.Stride, output += Geometry.OutputWidth * Geometry.Outputs * OutputBytes)
            for (var block = 0; block < _blocks.Count; block++)
            {
                var first = _blocks[block].FirstChannel;
                Interleave(rows[0] + first, rows[1] + first, rows[2] + first, columns);
                var target = output + first * OutputBytes;
                for (var x = 0; x < Geometry.OutputWidth; x++, target += Geometry.Outputs * OutputBytes)
                    ComputePixel(block, columns + x * Geometry.Stride * ColumnBytes, target);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleave(byte* top, byte* middle, byte* bottom, byte* columns)
    {
        Unsafe.InitBlockUnaligned(columns, _zeroPoint, (uint)(Geometry.PadLeft * ColumnBytes));
        columns += Geometry.PadLeft * ColumnBytes;
        for (var x = 0; x < Geometry.Width; x++, columns += ColumnBytes)
        {
            var offset = x * Geometry.Inputs;
            var (a, b, c) = (Vector128.Load(top + offset), Vector128.Load(middle + offset), Vector128.Load(bottom + offset));
            var (low, high) = (AdvSimd.Arm64.ZipLow(a, b).AsInt16(), AdvSimd.Arm64.ZipHigh(a, b).AsInt16());
            var (lowest, highest) = (AdvSimd.Arm64.ZipLow(c, c).AsInt16(), AdvSimd.Arm64.ZipHigh(c, c).AsInt16());
            AdvSimd.Arm64.ZipLow(low, lowest).Store((short*)columns);
            AdvSimd.Arm64.ZipHigh(low, lowest).Store((short*)(columns + Bytes));
            AdvSimd.Arm64.ZipLow(high, highest).Store((short*)(columns + 2 * Bytes));
            AdvSimd.Arm64.ZipHigh(high, highest).Store((short*)(columns + 3 * Bytes));
        }
        Unsafe.InitBlockUnaligned(columns, _zeroPoint, (uint)(Geometry.PadRight * ColumnBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputePixel(int block, byte* columns, byte* output)
    {
        var parameters = _parameters[block];
        var weights = _weights[block];
        var sum0 = ArmVectors.LoadBias(parameters, 0);
        var sum1 = ArmVectors.LoadBias(parameters, 1);
        var sum2 = ArmVectors.LoadBias(parameters, 2);
        var sum3 = ArmVectors.LoadBias(parameters, 3);
        for (var column = 0; column < Window; column++, columns += ColumnBytes, weights += ColumnBytes)
        {
            sum0 = Add(sum0, columns, weights);
            sum1 = Add(sum1, columns + Bytes, weights + Bytes);
            sum2 = Add(sum2, columns + 2 * Bytes, weights + 2 * Bytes);
            sum3 = Add(sum3, columns + 3 * Bytes, weights + 3 * Bytes);
        }
        ArmVectors.Store(_isFloat, output, parameters, _blocks[block].Channels, sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Add(Vector128<int> sum, byte* activations, sbyte* weights) =>
        ArmVectors.Add(sum, ArmVectors.Signed(Vector128.Load(activations)), weights);
}
