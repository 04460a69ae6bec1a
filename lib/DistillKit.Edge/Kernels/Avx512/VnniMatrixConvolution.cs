using static DistillKit.Edge.Kernels.Avx512.MatrixArgument;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>Any integer convolution without groups, by <see cref="MatrixCode"/>.</summary>
internal sealed unsafe class VnniMatrixConvolution(
    ConvolutionGeometry geometry, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, Epilogue epilogue)
    : MatrixConvolution(geometry, epilogue,
        Panel.Cover(geometry.Outputs, MatrixCode.Lanes, 1, PanelOffsets.MostColumns, isInterleaved: epilogue is Requantize), weights, bias)
{
    private const int AheadOfRow = MatrixCode.LinesAheadOfRow * 64;

    private readonly EpilogueCode code = EpilogueCode.Of(epilogue, isInterleaved: false);
    private readonly nint[] functions = new nint[(PanelOffsets.MostColumns + 1) * (MatrixCode.MostRowsOfAny + 1)];
    private byte* ahead;

    public override long StreamedBytes => Weights.Bytes;

    public override long LinesAhead => (long)Panels.Count * Geometry.OutputPixels * MatrixCode.LinesAheadOfRow;

    public override byte* Ahead { set => ahead = value; }

    public override void MoveWeights(byte* memory) => Weights.MoveTo(memory);

    /// <summary>As many tiles of the most rows as there are, then one of the rest.</summary>
    public override void Multiply(int panel, in MatrixBlock block)
    {
        var columns = Panels[panel].Columns;
        var call = stackalloc nint[Count];
        call[RowStride] = block.RowStride;
        call[Segments] = Geometry.KernelHeight;
        call[SegmentSkip] = block.SegmentStride - Weights.Groups * 4;
        call[Groups] = Weights.Groups;
        call[MatrixArgument.Weights] = (nint)Weights[panel];
        call[MatrixArgument.Parameters] = (nint)Parameters[panel];
        call[OutputStride] = block.OutputStride;
        call[LineStride] = block.LineStride;
        call[OutputLineStride] = block.Rows * block.OutputStride;
        var isOneImage = ahead != null && (long)block.Rows * block.Lines == Geometry.OutputPixels;
        call[MatrixArgument.Ahead] = isOneImage ? (nint)(ahead + (long)panel * Geometry.OutputPixels * AheadOfRow) : (nint)Weights[panel];
        for (var row = 0; row < block.Rows;)
        {
            var taken = Math.Min(MatrixCode.MostRows(columns), block.Rows - row);
            var tiles = (block.Rows - row) / taken;
            call[Input] = (nint)(block.Input + row * block.RowStride);
            call[Output] = (nint)(block.Output + row * block.OutputStride + (long)Panels[panel].FirstChannel * OutputBytes);
            call[Tiles] = tiles;
            call[TileStride] = taken * block.RowStride;
            call[Lines] = block.Lines;
            call[AheadStep] = isOneImage ? taken * AheadOfRow : 0;
            VnniCode.Call(Function(taken, columns), call);
            row += tiles * taken;
        }
    }

    private nint Function(int rows, int columns)
    {
        ref var function = ref functions[columns * (MatrixCode.MostRowsOfAny + 1) + rows];
        return function != 0 ? function : function = VnniCode.Matrix(rows, columns, code);
    }
}
