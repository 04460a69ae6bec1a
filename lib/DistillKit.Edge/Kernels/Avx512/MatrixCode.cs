using DistillKit.Edge.Kernels.MachineCode;
using DistillKit.Edge.Kernels.Matrix;
using static DistillKit.Edge.Kernels.MachineCode.General;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// Machine code of the blocked matrix product, for tiles of a fixed number of rows (pixels) and columns (vectors of 16 output channels): for each
/// group of four bytes, every row's group is broadcast and multiplied with every column's 64 weights. The accumulators of a tile stay in registers
/// from the bias to the finished results.
/// </summary>
internal static class MatrixCode
{
    private const General Call = R15, Parameters = Rbx, TileInput = Rbp, Input = Rsi, Weights = Rdx, Output = Rdi, Groups = Rax, Ahead = Rax, Segments = Rcx,
        Tiles = R12, Lines = R13, OutputStride = R14, Stride = R8, Stride3 = R9, Stride5 = R10, Stride7 = R11;

    /// <summary>Cache lines asked for, for later layers, while one row of one panel is finished.</summary>
    public const int LinesAheadOfRow = 2;

    /// <summary>32-bit elements of a vector.</summary>
    public const int Lanes = 16;

    public const int MostRowsOfAny = 8;

    public static PanelLayout Layout { get; } = new(Lanes);

    /// <summary>The most rows that the registers hold: accumulators, a column's weights each, and two broadcasts.</summary>
    public static int MostRows(int columns) => columns == PanelLayout.MostColumns ? 6 : MostRowsOfAny;

    public static byte[] Emit(int rows, int columns, EpilogueCode epilogue)
    {
        var code = new Assembler();
        Label line = new(), tile = new();
        Function.Begin(code, Call);
        LoadConstants(code, epilogue);
        code.Place(line);
        code.Load(TileInput, new(Call, MatrixCall.InputAt));
        code.Load(Output, new(Call, MatrixCall.OutputAt));
        code.Load(Tiles, new(Call, MatrixCall.TilesAt));
        code.Place(tile);
        EmitTile(code, rows, columns, epilogue);
        code.Add(TileInput, new Memory(Call, MatrixCall.TileStrideAt));
        code.Subtract(Tiles, 1);
        code.JumpIfNotZero(tile);
        Advance(code, MatrixCall.InputAt, MatrixCall.LineStrideAt);
        Advance(code, MatrixCall.OutputAt, MatrixCall.OutputLineStrideAt);
        code.Subtract(Lines, 1);
        code.JumpIfNotZero(line);
        Function.End(code);
        return code.ToArray();
    }

    private static void LoadConstants(Assembler code, EpilogueCode epilogue)
    {
        code.Load(Parameters, new(Call, MatrixCall.ParametersAt));
        code.Load(Lines, new(Call, MatrixCall.LinesAt));
        code.Load(OutputStride, new(Call, MatrixCall.OutputStrideAt));
        code.Load(Stride, new(Call, MatrixCall.RowStrideAt));
        code.LoadAddress(Stride3, new(Stride, 0, Stride, 2));
        code.LoadAddress(Stride5, new(Stride, 0, Stride, 4));
        code.LoadAddress(Stride7, new(Stride3, 0, Stride, 4));
        epilogue.LoadMasks(code, Parameters);
    }

    private static void Advance(Assembler code, int field, int stride)
    {
        code.Load(Rax, new(Call, stride));
        code.AddTo(new(Call, field), Rax);
    }

    private static void EmitTile(Assembler code, int rows, int columns, EpilogueCode epilogue)
    {
        Zmm Sum(int row, int column) => new(row * columns + column);
        Zmm Weight(int column) => new(rows * columns + column);

        for (var column = 0; column < columns; column++)
            for (var row = 0; row < rows; row++)
                code.Load(Sum(row, column), new Memory(Parameters, Layout.Columns + column * Layout.ColumnBytes + Layout.Bias));
        code.Move(Input, TileInput);
        code.Load(Weights, new(Call, MatrixCall.WeightsAt));
        code.Load(Segments, new(Call, MatrixCall.SegmentsAt));
        Label segment = new(), group = new();
        code.Place(segment);
        code.Load(Groups, new(Call, MatrixCall.GroupsAt));
        code.Align();
        code.Place(group);
        for (var column = 0; column < columns; column++) code.Load(Weight(column), new Memory(Weights, column * 64));
        for (var row = 0; row < rows; row++)
        {
            Zmm activations = new(rows * columns + columns + row % 2);
            code.Broadcast32(activations, RowAddress(row));
            for (var column = 0; column < columns; column++) code.DotProduct(Sum(row, column), activations, Weight(column));
        }
        code.Add(Weights, columns * 64);
        code.Add(Input, 4);
        code.Subtract(Groups, 1);
        code.JumpIfNotZero(group);
        code.Add(Input, new Memory(Call, MatrixCall.SegmentSkipAt));
        code.Subtract(Segments, 1);
        code.JumpIfNotZero(segment);
        code.Load(Ahead, new(Call, MatrixCall.AheadAt));
        for (var row = 0; row < rows; row++)
        {
            for (var line = 0; line < LinesAheadOfRow; line++) code.Prefetch(new(Ahead, (row * LinesAheadOfRow + line) * 64));
            Span<Zmm> sums = new Zmm[columns];
            for (var column = 0; column < columns; column++) sums[column] = Sum(row, column);
            epilogue.Finish(code, sums, [Weight(row % 2)], Parameters, Output);
            code.Add(Output, OutputStride);
        }
        code.Add(Ahead, new Memory(Call, MatrixCall.AheadStepAt));
        code.Store(new(Call, MatrixCall.AheadAt), Ahead);
    }

    /// <summary>One register and the multiples of the stride reach eight rows.</summary>
    private static Memory RowAddress(int row) => row switch
    {
        0 => new Memory(Input),
        1 or 2 or 4 => new(Input, 0, Stride, row),
        3 or 6 => new(Input, 0, Stride3, row / 3),
        5 => new(Input, 0, Stride5),
        _ => new(Input, 0, Stride7),
    };
}
