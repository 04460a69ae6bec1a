using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>A depthwise 3x3 convolution, by <see cref="DepthwiseCode"/>.</summary>
internal sealed unsafe class VnniDepthwiseConvolution : IntegerConvolution, IDepthwiseKernel
{
    private readonly List<Panel> _blocks;
    private readonly PanelParameters _parameters;
    private readonly InterleavedWeights _weights;
    private readonly delegate* unmanaged[SuppressGCTransition]<DepthwiseCall*, void> _function;
    private readonly DepthwisePlan _plan;
    private readonly int _outputBytes;
    private byte _zeroPoint;
    private byte* _ahead;

    public VnniDepthwiseConvolution(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        _blocks = Panel.Uniform(geometry.Outputs, MatrixCode.Lanes, InterleavedWeights.Vectors, isInterleaved: true);
        _parameters = new(_blocks, epilogue, weights, bias);
        _weights = new(_blocks, weights);
        _function = CodeCache.Depthwise(geometry.Stride, EpilogueCode.Of(epilogue, isInterleaved: true));
        _outputBytes = epilogue is Dequantize ? sizeof(float) : sizeof(byte);
        _plan = new(geometry, sizeof(byte), _outputBytes);
    }

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    public override long LinesAhead => (long)_blocks.Count * Geometry.OutputPixels * DepthwiseCode.LinesAheadOfPixel;

    public override byte* Ahead { set => _ahead = value; }

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, firstItem, items, _zeroPoint);

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    public void RunLines(byte** rows, byte* output, int lines)
    {
        var isWhole = _ahead != null && lines == Geometry.OutputHeight;
        var call = new DepthwiseCall
        {
            Rows = rows,
            RowsStride = Geometry.Stride * sizeof(byte*),
            FirstColumn = -Geometry.PadLeft,
            Width = Geometry.Width,
            Pitch = Geometry.Inputs,
            Weights = _weights[0],
            Parameters = _parameters[0],
            Output = output,
            OutputPitch = (nint)Geometry.Outputs * _outputBytes,
            Lines = lines,
            LineWidth = Geometry.OutputWidth,
            Blocks = _blocks.Count,
            Padding = _zeroPoint * 0x01010101,
            Ahead = isWhole ? _ahead : rows[0],
            AheadStep = isWhole ? DepthwiseCode.LinesAheadOfPixel * 64 : 0,
        };
        _function(&call);
    }
}
