using DistillKit.Edge.Kernels.Matrix;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Any convolution without groups, by <see cref="MatrixCode"/>.</summary>
internal sealed unsafe class VnniMatrixConvolution : IntegerConvolution, IMatrixKernel
{
    private const int AheadOfRow = MatrixCode.LinesAheadOfRow * 64;

    private readonly List<Panel> _panels;
    private readonly PanelParameters _parameters;
    private readonly PackedWeights _weights;
    private readonly MatrixFunctions _functions;
    private readonly MatrixPlan _plan;
    private readonly int _outputBytes;
    private byte _zeroPoint;
    private byte* _ahead;

    public VnniMatrixConvolution(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        var isFloat = epilogue is Dequantize;
        _panels = Panel.Cover(geometry.Outputs, MatrixCode.Lanes, PanelLayout.MostColumns, isInterleaved: !isFloat);
        _parameters = new(_panels, epilogue, weights, bias);
        _weights = new(geometry, _panels, weights);
        _functions = CodeCache.Matrix(EpilogueCode.Of(epilogue, isInterleaved: false));
        _outputBytes = isFloat ? sizeof(float) : sizeof(byte);
        _plan = new(geometry, sizeof(byte), _outputBytes, _panels.Count);
    }

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    public override long StreamedBytes => _weights.Bytes;

    public override long LinesAhead => (long)_panels.Count * Geometry.OutputPixels * MatrixCode.LinesAheadOfRow;

    public override byte* Ahead { set => _ahead = value; }

    public override void MoveWeights(byte* memory) => _weights.MoveTo(memory);

    public override int WorkItems(int images) => _plan.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        _plan.Run(this, (byte*)input, (byte*)output, images, firstItem, items, _zeroPoint);

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    /// <summary>As many tiles of the most rows as there are, then one of the rest.</summary>
    public void Multiply(int panel, in MatrixBlock block)
    {
        var columns = _panels[panel].Columns;
        var call = new MatrixCall
        {
            RowStride = block.RowStride,
            Segments = Geometry.KernelHeight,
            SegmentSkip = block.SegmentStride - _weights.Groups * 4,
            Groups = _weights.Groups,
            Weights = _weights[panel],
            Parameters = _parameters[panel],
            OutputStride = block.OutputStride,
            LineStride = block.LineStride,
            OutputLineStride = block.Rows * block.OutputStride,
        };
        var isOneImage = _ahead != null && (long)block.Rows * block.Lines == Geometry.OutputPixels;
        call.Ahead = isOneImage ? _ahead + (long)panel * Geometry.OutputPixels * AheadOfRow : (byte*)call.Weights;
        for (var row = 0; row < block.Rows;)
        {
            var taken = Math.Min(MatrixCode.MostRows(columns), block.Rows - row);
            var tiles = (block.Rows - row) / taken;
            call.Input = block.Input + row * block.RowStride;
            call.Output = block.Output + row * block.OutputStride + (long)_panels[panel].FirstChannel * _outputBytes;
            call.Tiles = tiles;
            call.TileStride = taken * block.RowStride;
            call.Lines = block.Lines;
            call.AheadStep = isOneImage ? taken * AheadOfRow : 0;
            _functions[taken, columns](&call);
            row += tiles * taken;
        }
    }
}
