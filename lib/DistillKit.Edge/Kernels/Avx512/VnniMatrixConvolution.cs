namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// Any convolution without groups as a matrix product. A row of the matrix is the window of one output pixel; in an NHWC image a row of the window
/// is contiguous, so nothing is rearranged: only images with padding are copied, into a frame of zero points. Pointwise convolutions are one
/// matrix over the whole batch.
/// </summary>
internal sealed unsafe class VnniMatrixConvolution : IntegerConvolution
{
    private const int GroupBytes = 4, RowsOfItem = 48;

    private readonly List<Panel> _panels;
    private readonly PanelParameters _parameters;
    private readonly NativeBuffer _weights;
    private readonly EpilogueCode _code;
    private readonly int _segments;
    private readonly int _groups;
    private byte _zeroPoint;

    public VnniMatrixConvolution(ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
        : base(geometry, epilogue)
    {
        var isFloat = epilogue is Dequantize;
        _code = EpilogueCode.Of(epilogue, isInterleaved: false);
        _panels = Panel.Cover(0, geometry.Outputs, isInterleaved: !isFloat);
        _parameters = new(_panels, epilogue, weights, bias);
        _segments = geometry.KernelHeight;
        _groups = (geometry.KernelWidth * geometry.Inputs + GroupBytes - 1) / GroupBytes;
        _weights = new((long)_panels.Sum(panel => panel.Columns) * ColumnBytes);
        for (var i = 0; i < _panels.Count; i++) Pack(_panels[i], weights, Weights(i));
    }

    /// <summary>Bytes of the packed weights of 16 output channels.</summary>
    private long ColumnBytes => (long)_segments * _groups * GroupBytes * Panel.Lanes;

    private int OutputBytes => _code.IsFloat ? sizeof(float) : sizeof(byte);

    private bool HasPadding => Geometry is not { PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    public override void Bind(byte inputZeroPoint, float inputScale)
    {
        _zeroPoint = inputZeroPoint;
        _parameters.Bind(inputZeroPoint, inputScale);
    }

    /// <summary>Blocks of rows; where the rows are few, panels.</summary>
    public override int WorkItems(int images) => !Geometry.IsPointwise ? images * Geometry.OutputHeight
        : IsSplitByRows(images) ? (images * Geometry.OutputPixels + RowsOfItem - 1) / RowsOfItem : _panels.Count;

    public override void Run(void* input, void* output, int images, int firstItem, int items)
    {
        if (!Geometry.IsPointwise) RunImages((byte*)input, (byte*)output, firstItem, items);
        else RunPointwise((byte*)input, (byte*)output, images, firstItem, items);
    }

    public override void Dispose()
    {
        _parameters.Dispose();
        _weights.Dispose();
    }

    private bool IsSplitByRows(int images) => (long)images * Geometry.OutputPixels >= 4 * RowsOfItem;

    private sbyte* Weights(int panel) => (sbyte*)_weights.Pointer + _panels[panel].FirstChannel / Panel.Lanes * ColumnBytes;

    private void RunPointwise(byte* input, byte* output, int images, int firstItem, int items)
    {
        var (firstRow, rows, firstPanel, panels) = (0, images * Geometry.OutputPixels, firstItem, items);
        if (IsSplitByRows(images))
        {
            firstRow = firstItem * RowsOfItem;
            (rows, firstPanel, panels) = (Math.Min(items * RowsOfItem, rows - firstRow), 0, _panels.Count);
        }
        var call = new MatrixCall { RowStride = Geometry.Inputs };
        for (var panel = firstPanel; panel < firstPanel + panels; panel++)
        {
            Multiply(ref call, panel, input + (long)firstRow * Geometry.Inputs, output + (long)firstRow * Geometry.Outputs * OutputBytes, rows, 1);
        }
    }

    private void RunImages(byte* input, byte* output, int firstItem, int items)
    {
        for (var end = firstItem + items; firstItem < end;)
        {
            var (image, line) = Math.DivRem(firstItem, Geometry.OutputHeight);
            var lines = Math.Min(end - firstItem, Geometry.OutputHeight - line);
            var source = input + (long)image * Geometry.Height * Geometry.Width * Geometry.Inputs;
            RunLines(source, output + (long)firstItem * Geometry.OutputWidth * Geometry.Outputs * OutputBytes, line, lines);
            firstItem += lines;
        }
    }

    private void RunLines(byte* image, byte* output, int line, int lines)
    {
        var pitch = (long)Geometry.Width * Geometry.Inputs;
        var rows = image + line * Geometry.Stride * pitch;
        if (HasPadding)
        {
            var padded = new PaddedRows(Geometry, sizeof(byte));
            rows = padded.Copy(image, line, lines, _zeroPoint);
            pitch = padded.Pitch;
        }
        var call = new MatrixCall
        {
            RowStride = Geometry.Stride * Geometry.Inputs,
            SegmentSkip = (nint)pitch - _groups * GroupBytes,
            LineStride = Geometry.Stride * (nint)pitch,
            OutputLineStride = (nint)Geometry.OutputWidth * Geometry.Outputs * OutputBytes,
        };
        for (var panel = 0; panel < _panels.Count; panel++) Multiply(ref call, panel, rows, output, Geometry.OutputWidth, lines);
    }

    private void Multiply(ref MatrixCall call, int panel, byte* input, byte* output, int rows, int lines)
    {
        var columns = _panels[panel].Columns;
        var most = MatrixCode.MostRows(columns);
        call.Segments = _segments;
        call.Groups = _groups;
        call.Weights = Weights(panel);
        call.Parameters = _parameters[panel];
        call.OutputStride = (nint)Geometry.Outputs * OutputBytes;
        output += (long)_panels[panel].FirstChannel * OutputBytes;
        for (var row = 0; row < rows;)
        {
            var taken = Math.Min(most, rows - row);
            call.Tiles = (rows - row) / taken;
            call.Lines = lines;
            call.Input = input + row * call.RowStride;
            call.Output = output + row * call.OutputStride;
            call.TileStride = taken * call.RowStride;
            fixed (MatrixCall* pointer = &call) CodeCache.Matrix(taken, columns, _code)(pointer);
            row += (int)call.Tiles * taken;
        }
    }

    private void Pack(Panel panel, ReadOnlySpan<sbyte> weights, sbyte* packed)
    {
        for (var row = 0; row < _segments; row++)
        for (var group = 0; group < _groups; group++)
        for (var column = 0; column < panel.Columns; column++)
        for (var element = 0; element < Panel.Lanes; element++)
        for (var i = 0; i < GroupBytes; i++, packed++)
        {
            var (x, input) = Math.DivRem(group * GroupBytes + i, Geometry.Inputs);
            if (panel.ChannelAt(column, element) is var channel and >= 0 && x < Geometry.KernelWidth)
                *packed = weights[((channel * Geometry.Inputs + input) * Geometry.KernelHeight + row) * Geometry.KernelWidth + x];
        }
    }
}
