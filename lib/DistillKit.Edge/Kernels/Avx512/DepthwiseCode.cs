using DistillKit.Edge.Kernels.Depthwise;
using DistillKit.Edge.Kernels.MachineCode;
using static DistillKit.Edge.Kernels.MachineCode.General;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// Machine code of the depthwise 3x3 convolution, 64 channels at a time. The three rows of one input column are interleaved byte by byte, so that
/// a dot product of four bytes adds three products of one channel (the fourth weight is 0); three columns make an output pixel. A column is
/// interleaved once: its registers serve all the outputs that see it, and take turns from pixel to pixel.
/// </summary>
internal static class DepthwiseCode
{
    private const General Call = R15, Parameters = Rbx, Weights = Rdx, Output = Rdi, Top = Rsi, Middle = R8, Bottom = R9, Pitch = R10, Rows = R11,
        Column = Rax, Width = Rcx, Pixels = R12, Lines = R13, Ahead = R14, Offset = Rbp;

    private const int Window = InterleavedWeights.Window, Vectors = InterleavedWeights.Vectors;

    /// <summary>Cache lines asked for, for later layers, while one pixel of one block is computed.</summary>
    public const int LinesAheadOfPixel = 1;

    public static byte[] Emit(int stride, EpilogueCode epilogue)
    {
        var code = new Assembler();
        Label block = new(), line = new(), pixel = new(), end = new();
        Function.Begin(code, Call);
        code.Load(Ahead, new(Call, DepthwiseCall.AheadAt));
        code.Load(Parameters, new(Call, DepthwiseCall.ParametersAt));
        code.Load(Weights, new(Call, DepthwiseCall.WeightsAt));
        code.Load(Pitch, new(Call, DepthwiseCall.PitchAt));
        code.Load(Width, new(Call, DepthwiseCall.WidthAt));
        code.Load(Offset, new(Call, DepthwiseCall.OffsetAt));
        code.Broadcast32(Padding, new(Call, DepthwiseCall.PaddingAt));
        code.Place(block);
        epilogue.LoadMasks(code, Parameters);
        code.Load(Rows, new(Call, DepthwiseCall.RowsAt));
        code.Load(Lines, new(Call, DepthwiseCall.LinesAt));
        code.Load(Output, new(Call, DepthwiseCall.OutputAt));
        code.Place(line);
        LoadRows(code);
        for (var column = 0; column < Window - stride; column++) EmitColumn(code, column);
        code.Align();
        code.Place(pixel);
        for (var i = 0; i < Window; i++) EmitPixel(code, i * stride, stride, epilogue, end); // the registers' turns repeat after three pixels
        code.Jump(pixel);
        code.Place(end);
        code.Add(Rows, new Memory(Call, DepthwiseCall.RowsStrideAt));
        code.Subtract(Lines, 1);
        code.JumpIfNotZero(line);
        code.Add(Parameters, MatrixCode.Layout.PanelBytes);
        code.Add(Weights, InterleavedWeights.BlockBytes(MatrixCode.Lanes));
        code.Add(Offset, 64);
        code.LoadImmediate(Output, 64 * (epilogue.IsFloat ? sizeof(float) : 1));
        code.AddTo(new(Call, DepthwiseCall.OutputAt), Output);
        code.SubtractOne(new(Call, DepthwiseCall.BlocksAt));
        code.JumpIfNotZero(block);
        Function.End(code);
        return code.ToArray();
    }

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
        code.Load(Column, new(Call, DepthwiseCall.FirstColumnAt));
        code.Load(Pixels, new(Call, DepthwiseCall.LineWidthAt));
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
        var layout = MatrixCode.Layout;
        Span<Zmm> sums = new Zmm[Vectors];
        for (var vector = 0; vector < Vectors; vector++)
        {
            sums[vector] = Sum(vector);
            code.Load(Sum(vector), new Memory(Parameters, layout.Columns + vector * layout.ColumnBytes + layout.Bias));
        }
        for (var column = 0; column < Window; column++)
            for (var vector = 0; vector < Vectors; vector++)
                code.DotProduct(Sum(vector), Interleaved(firstColumn + column, vector), new Memory(Weights, (column * Vectors + vector) * 64));
        epilogue.Finish(code, sums, [Spare(0), Spare(1), Spare(2), Spare(3)], Parameters, Output);
        for (var line = 0; line < LinesAheadOfPixel; line++) code.Prefetch(new(Ahead, line * 64));
        code.Add(Ahead, new Memory(Call, DepthwiseCall.AheadStepAt));
        code.Add(Output, new Memory(Call, DepthwiseCall.OutputPitchAt));
        code.Subtract(Pixels, 1);
        code.JumpIfZero(end);
    }
}
