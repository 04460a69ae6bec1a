using static DistillKit.Edge.Kernels.MachineCode.General;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>The argument of the matrix kernel, 64 bits for each part: lines of tiles of rows. A row is the input of one output pixel; it
/// consists of segments (the rows of the convolution's window) of groups of four bytes.</summary>
internal static class MatrixArgument
{
    public const int Input = 0; // the first row of a line; advanced from line to line
    public const int RowStride = 1; // bytes from a row to the next
    public const int Segments = 2;
    public const int SegmentSkip = 3; // bytes from the end of a segment's groups to the beginning of the next segment
    public const int Groups = 4; // groups of four bytes in a segment
    public const int Weights = 5;
    public const int Parameters = 6;
    public const int Output = 7; // the first result of a line; advanced from line to line
    public const int OutputStride = 8; // bytes from the results of a row to those of the next
    public const int Tiles = 9; // in a line
    public const int TileStride = 10; // bytes from the first row of a tile to that of the next
    public const int Lines = 11;
    public const int LineStride = 12;
    public const int OutputLineStride = 13;
    public const int Ahead = 14; // what to bring into the cache meanwhile, for later layers; advanced from tile to tile
    public const int AheadStep = 15;
    public const int Count = 16;
}

/// <summary>Machine code of the blocked matrix product, for tiles of a fixed number of rows (pixels) and columns (vectors of 16 output
/// channels): for each group of four bytes, every row's group is broadcast and multiplied with every column's 64 weights. The accumulators
/// of a tile stay in registers from the bias to the finished results.</summary>
internal static class MatrixCode
{
    private const General Call = R15, Parameters = Rbx, TileInput = Rbp, Input = Rsi, Weights = Rdx, Output = Rdi, Groups = Rax,
        Ahead = Rax, Segments = Rcx, Tiles = R12, Lines = R13, OutputStride = R14, Stride = R8, Stride3 = R9, Stride5 = R10, Stride7 = R11;

    /// <summary>Cache lines asked for, for later layers, while one row of one panel is finished.</summary>
    public const int LinesAheadOfRow = 2;

    /// <summary>32-bit elements of a vector.</summary>
    public const int Lanes = 16;

    public const int MostRowsOfAny = 8;

    public static PanelOffsets Offsets { get; } = new(Lanes);

    /// <summary>The most rows that the registers hold: accumulators, a column's weights each, and two broadcasts.</summary>
    public static int MostRows(int columns) => columns == PanelOffsets.MostColumns ? 6 : MostRowsOfAny;

    public static byte[] Emit(int rows, int columns, EpilogueCode epilogue)
    {
        var code = new Assembler();
        Label line = new(), tile = new();
        Function.Begin(code, Call);
        LoadConstants(code, epilogue);
        code.Place(line);
        code.Load(TileInput, Field(MatrixArgument.Input));
        code.Load(Output, Field(MatrixArgument.Output));
        code.Load(Tiles, Field(MatrixArgument.Tiles));
        code.Place(tile);
        EmitTile(code, rows, columns, epilogue);
        code.Add(TileInput, Field(MatrixArgument.TileStride));
        code.Subtract(Tiles, 1);
        code.JumpIfNotZero(tile);
        Advance(code, MatrixArgument.Input, MatrixArgument.LineStride);
        Advance(code, MatrixArgument.Output, MatrixArgument.OutputLineStride);
        code.Subtract(Lines, 1);
        code.JumpIfNotZero(line);
        Function.End(code);
        return code.ToArray();
    }

    private static void LoadConstants(Assembler code, EpilogueCode epilogue)
    {
        code.Load(Parameters, Field(MatrixArgument.Parameters));
        code.Load(Lines, Field(MatrixArgument.Lines));
        code.Load(OutputStride, Field(MatrixArgument.OutputStride));
        code.Load(Stride, Field(MatrixArgument.RowStride));
        code.LoadAddress(Stride3, new(Stride, 0, Stride, 2));
        code.LoadAddress(Stride5, new(Stride, 0, Stride, 4));
        code.LoadAddress(Stride7, new(Stride3, 0, Stride, 4));
        epilogue.LoadMasks(code, Parameters);
    }

    private static Memory Field(int argument) => new(Call, sizeof(long) * argument);

    private static void Advance(Assembler code, int field, int stride)
    {
        code.Load(Rax, Field(stride));
        code.AddTo(Field(field), Rax);
    }

    private static void EmitTile(Assembler code, int rows, int columns, EpilogueCode epilogue)
    {
        Zmm Sum(int row, int column) => new(row * columns + column);
        Zmm Weight(int column) => new(rows * columns + column);

        for (var column = 0; column < columns; column++)
            for (var row = 0; row < rows; row++)
                code.Load(Sum(row, column), new Memory(Parameters, Offsets.Columns + column * Offsets.ColumnBytes + Offsets.Bias));
        code.Move(Input, TileInput);
        code.Load(Weights, Field(MatrixArgument.Weights));
        code.Load(Segments, Field(MatrixArgument.Segments));
        Label segment = new(), group = new();
        code.Place(segment);
        code.Load(Groups, Field(MatrixArgument.Groups));
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
        code.Add(Input, Field(MatrixArgument.SegmentSkip));
        code.Subtract(Segments, 1);
        code.JumpIfNotZero(segment);
        code.Load(Ahead, Field(MatrixArgument.Ahead));
        for (var row = 0; row < rows; row++)
        {
            for (var line = 0; line < LinesAheadOfRow; line++) code.Prefetch(new(Ahead, (row * LinesAheadOfRow + line) * 64));
            Span<Zmm> sums = new Zmm[columns];
            for (var column = 0; column < columns; column++) sums[column] = Sum(row, column);
            epilogue.Finish(code, sums, [Weight(row % 2)], Parameters, Output);
            code.Add(Output, OutputStride);
        }
        code.Add(Ahead, Field(MatrixArgument.AheadStep));
        code.Store(Field(MatrixArgument.Ahead), Ahead);
    }

    /// <summary>One register and the multiples of the stride reach eight rows.</summary>
    private static Memory RowAddress(int row) => row switch
    {
        0 => new Memory(Input),
        1 or 2 or 4 => new(Input, 0, Stride, row),
        3 or 6 => new(Input, 0, Stride3, row / 3),
        5 => new(Input, 0, Stride5),
        7 => new(Input, 0, Stride7),
        _ => throw new UnreachableException($"a tile has no row {row}"),
    };
}
