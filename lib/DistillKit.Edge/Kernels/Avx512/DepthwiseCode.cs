using static DistillKit.Edge.Kernels.MachineCode.General;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>The argument of the 3x3 depthwise kernel, 64 bits for each part: all blocks of 64 channels of some output lines of one
/// image.</summary>
internal static class DepthwiseArgument
{
    public const int Rows = 0; // addresses of the input's rows, padding among them; an output line uses three, from its own place on
    public const int RowsStride = 1; // bytes from one output line's place in Rows to the next
    public const int FirstColumn = 2; // minus the columns of padding before the first
    public const int Width = 3; // columns of the input
    public const int Pitch = 4; // bytes from a pixel to the next: the number of channels
    public const int Weights = 5;
    public const int Parameters = 6;
    public const int Output = 7; // advanced from block to block
    public const int Lines = 8;
    public const int LineWidth = 9; // columns of the output
    public const int Blocks = 10; // counted down
    public const int Padding = 11; // the input's zero point, in each of four bytes
    public const int Offset = 12; // bytes from the first channel to the block's: 0 at first, advanced from block to block
    public const int OutputPitch = 13; // bytes from an output pixel to the next
    public const int Ahead = 14; // what to bring into the cache meanwhile, for later layers
    public const int AheadStep = 15;
    public const int Count = 16;
}

/// <summary>Machine code of the depthwise 3x3 convolution, 64 channels at a time. The three rows of one input column are interleaved byte
/// by byte, so that a dot product of four bytes adds three products of one channel (the fourth weight is 0); three columns make an output
/// pixel. A column is interleaved once: its registers serve all the outputs that see it, and take turns from pixel to pixel.</summary>
internal static class DepthwiseCode
{
    private const General Call = R15, Parameters = Rbx, Weights = Rdx, Output = Rdi, Top = Rsi, Middle = R8, Bottom = R9, Pitch = R10,
        Rows = R11, Column = Rax, Width = Rcx, Pixels = R12, Lines = R13, Ahead = R14, Offset = Rbp;

    private const int Window = InterleavedWeights.Window, Vectors = InterleavedWeights.Vectors;

    /// <summary>Cache lines asked for, for later layers, while one pixel of one block is computed.</summary>
    public const int LinesAheadOfPixel = 1;

    public static byte[] Emit(int stride, EpilogueCode epilogue)
    {
        var code = new Assembler();
        Label block = new(), line = new(), pixel = new(), end = new();
        Function.Begin(code, Call);
        code.Load(Ahead, Field(DepthwiseArgument.Ahead));
        code.Load(Parameters, Field(DepthwiseArgument.Parameters));
        code.Load(Weights, Field(DepthwiseArgument.Weights));
        code.Load(Pitch, Field(DepthwiseArgument.Pitch));
        code.Load(Width, Field(DepthwiseArgument.Width));
        code.Load(Offset, Field(DepthwiseArgument.Offset));
        code.Broadcast32(Padding, Field(DepthwiseArgument.Padding));
        code.Place(block);
        epilogue.LoadMasks(code, Parameters);
        code.Load(Rows, Field(DepthwiseArgument.Rows));
        code.Load(Lines, Field(DepthwiseArgument.Lines));
        code.Load(Output, Field(DepthwiseArgument.Output));
        code.Place(line);
        LoadRows(code);
        for (var column = 0; column < Window - stride; column++) EmitColumn(code, column);
        code.Align();
        code.Place(pixel);
        // The registers' turns repeat after three pixels.
        for (var i = 0; i < Window; i++) EmitPixel(code, i * stride, stride, epilogue, end);
        code.Jump(pixel);
        code.Place(end);
        code.Add(Rows, Field(DepthwiseArgument.RowsStride));
        code.Subtract(Lines, 1);
        code.JumpIfNotZero(line);
        code.Add(Parameters, MatrixCode.Offsets.PanelBytes);
        code.Add(Weights, InterleavedWeights.BlockBytes(MatrixCode.Lanes));
        code.Add(Offset, 64);
        code.LoadImmediate(Output, 64 * (epilogue.IsFloat ? sizeof(float) : 1));
        code.AddTo(Field(DepthwiseArgument.Output), Output);
        code.SubtractOne(Field(DepthwiseArgument.Blocks));
        code.JumpIfNotZero(block);
        Function.End(code);
        return code.ToArray();
    }

    private static Memory Field(int argument) => new(Call, sizeof(long) * argument);

    private static Zmm Interleaved(int column, int vector) => new(column % Window * Vectors + vector);

    private static Zmm Sum(int vector) => new(Window * Vectors + vector);

    private static Zmm Spare(int index) => new((Window + 1) * Vectors + index);

    private static Zmm Padding => new(31);

    private static void LoadRows(Assembler code)
    {
        General[] rows = [Top, Middle, Bottom];
        for (var row = 0; row < Window; row++)
        {
            code.Load(rows[row], new(Rows, row * sizeof(ulong)));
            code.Add(rows[row], Offset);
        }
        code.Load(Column, Field(DepthwiseArgument.FirstColumn));
        code.Load(Pixels, Field(DepthwiseArgument.LineWidth));
    }

    /// <summary>Interleaves the next column of the input, or of the padding left and right of it.</summary>
    private static void EmitColumn(Assembler code, int column)
    {
        Label padding = new(), end = new();
        code.Compare(Column, Width);
        code.JumpIfAboveOrEqual(padding);
        var (top, middle, bottom, low, high) = (Spare(0), Spare(1), Spare(2), Spare(3), Spare(4));
        code.Load(top, (Memory)Top);
        code.Load(middle, (Memory)Middle);
        code.Load(bottom, (Memory)Bottom);
        code.InterleaveLow8(low, top, middle);
        code.InterleaveHigh8(high, top, middle);
        code.InterleaveLow8(top, bottom, bottom);
        code.InterleaveHigh8(bottom, bottom, bottom);
        code.InterleaveLow16(Interleaved(column, 0), low, top);
        code.InterleaveHigh16(Interleaved(column, 1), low, top);
        code.InterleaveLow16(Interleaved(column, 2), high, bottom);
        code.InterleaveHigh16(Interleaved(column, 3), high, bottom);
        code.Add(Top, Pitch);
        code.Add(Middle, Pitch);
        code.Add(Bottom, Pitch);
        code.Jump(end);
        code.Place(padding);
        for (var vector = 0; vector < Vectors; vector++) code.Move(Interleaved(column, vector), Padding);
        code.Place(end);
        code.Add(Column, 1);
    }

    private static void EmitPixel(Assembler code, int firstColumn, int stride, EpilogueCode epilogue, Label end)
    {
        for (var column = Window - stride; column < Window; column++) EmitColumn(code, firstColumn + column);
        var at = MatrixCode.Offsets;
        Span<Zmm> sums = new Zmm[Vectors];
        for (var vector = 0; vector < Vectors; vector++)
        {
            sums[vector] = Sum(vector);
            code.Load(Sum(vector), new Memory(Parameters, at.Columns + vector * at.ColumnBytes + at.Bias));
        }
        for (var column = 0; column < Window; column++)
            for (var vector = 0; vector < Vectors; vector++)
                code.DotProduct(Sum(vector), Interleaved(firstColumn + column, vector),
                    new Memory(Weights, (column * Vectors + vector) * 64));
        epilogue.Finish(code, sums, [Spare(0), Spare(1), Spare(2), Spare(3)], Parameters, Output);
        for (var line = 0; line < LinesAheadOfPixel; line++) code.Prefetch(new(Ahead, line * 64));
        code.Add(Ahead, Field(DepthwiseArgument.AheadStep));
        code.Add(Output, Field(DepthwiseArgument.OutputPitch));
        code.Subtract(Pixels, 1);
        code.JumpIfZero(end);
    }
}
