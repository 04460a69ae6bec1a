using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx256;

/// <summary>
/// A depthwise 3x3 convolution, 32 channels at a time. A line's three input rows are first interleaved byte by byte into working memory, padding
/// included, so that a dot product of four bytes adds three products of one channel; then each output pixel takes three columns of it.
/// </summary>
internal sealed unsafe class DepthwiseConvolution256<TDot, TOperand> : IntegerConvolution, IDepthwiseKernel where TDot : struct, IDotProduct<TOperand>
{
    private const int Window = InterleavedWeights.Window, Vectors = InterleavedWeights.Vectors, BlockChannels = 32, ColumnBytes = Vectors * 32;

    private readonly List<Panel> _blocks;
    private readonly PanelParameters _parameters;
    private readonly InterleavedWeights _weights;
    private readonly DepthwisePlan _plan;
    private readonly bool _isFloat;
    private byte _zeroPoint;

    public DepthwiseConvolution256(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _isFloat = epilogue is Dequantize;
        _blocks = Panel.Uniform(geometry.Outputs, EpilogueVectors.Lanes, Vectors, isInterleaved: true);
        _parameters = new(_blocks, epilogue, weights, bias);
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
            var (a, b, c) = (Vector256.Load(top + offset), Vector256.Load(middle + offset), Vector256.Load(bottom + offset));
            var (low, high) = (Avx2.UnpackLow(a, b).AsInt16(), Avx2.UnpackHigh(a, b).AsInt16());
            var (lowest, highest) = (Avx2.UnpackLow(c, c).AsInt16(), Avx2.UnpackHigh(c, c).AsInt16());
            Avx2.UnpackLow(low, lowest).Store((short*)columns);
            Avx2.UnpackHigh(low, lowest).Store((short*)(columns + 32));
            Avx2.UnpackLow(high, highest).Store((short*)(columns + 64));
            Avx2.UnpackHigh(high, highest).Store((short*)(columns + 96));
        }
        Unsafe.InitBlockUnaligned(columns, _zeroPoint, (uint)(Geometry.PadRight * ColumnBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputePixel(int block, byte* columns, byte* output)
    {
        var parameters = _parameters[block];
        var weights = _weights[block];
        var sum0 = EpilogueVectors.LoadBias(parameters, 0);
        var sum1 = EpilogueVectors.LoadBias(parameters, 1);
        var sum2 = EpilogueVectors.LoadBias(parameters, 2);
        var sum3 = EpilogueVectors.LoadBias(parameters, 3);
        for (var column = 0; column < Window; column++, columns += ColumnBytes, weights += ColumnBytes)
        {
            sum0 = Add(sum0, columns, weights);
            sum1 = Add(sum1, columns + 32, weights + 32);
            sum2 = Add(sum2, columns + 64, weights + 64);
            sum3 = Add(sum3, columns + 96, weights + 96);
        }
        var channels = _blocks[block].Channels;
        if (_isFloat) StoreFloats(output, parameters, channels, sum0, sum1, sum2, sum3);
        else
        {
            var bytes = EpilogueVectors.ToBytes(sum0, sum1, sum2, sum3, parameters);
            if (channels == BlockChannels) bytes.Store(output);
            else Unsafe.CopyBlockUnaligned(output, &bytes, (uint)channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sum, byte* activations, sbyte* weights) =>
        TDot.Add(sum, TDot.Unsigned(Vector256.Load(activations)), TDot.Signed(Vector256.Load(weights)));

    private static void StoreFloats(
        byte* output, byte* parameters, int channels, Vector256<int> sum0, Vector256<int> sum1, Vector256<int> sum2, Vector256<int> sum3)
    {
        var values = stackalloc float[BlockChannels];
        StoreLanes(values, EpilogueVectors.ToFloats(sum0, parameters, 0));
        StoreLanes(values + 4, EpilogueVectors.ToFloats(sum1, parameters, 1));
        StoreLanes(values + 8, EpilogueVectors.ToFloats(sum2, parameters, 2));
        StoreLanes(values + 12, EpilogueVectors.ToFloats(sum3, parameters, 3));
        Unsafe.CopyBlockUnaligned(output, values, (uint)(channels * sizeof(float)));
    }

    /// <summary>Lane l of column c holds the channels from (l * columns + c) * 4.</summary>
    private static void StoreLanes(float* values, Vector256<float> column)
    {
        column.GetLower().Store(values);
        column.GetUpper().Store(values + BlockChannels / 2);
    }
}
