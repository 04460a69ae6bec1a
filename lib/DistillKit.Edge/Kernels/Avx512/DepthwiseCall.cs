using System.Runtime.InteropServices;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>The argument of the 3x3 depthwise kernel: all blocks of 64 channels of some output lines of one image.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct DepthwiseCall
{
    public const int RowsAt = 0, RowsStrideAt = 8, FirstColumnAt = 16, WidthAt = 24, PitchAt = 32, WeightsAt = 40, ParametersAt = 48, OutputAt = 56, LinesAt = 64,
        LineWidthAt = 72, BlocksAt = 80, PaddingAt = 88, OffsetAt = 96, OutputPitchAt = 104, AheadAt = 112, AheadStepAt = 120;

    /// <summary>The addresses of the input's rows, padding rows among them; each output line uses three, from its own place on.</summary>
    [FieldOffset(RowsAt)] public byte** Rows;

    /// <summary>Bytes from one output line's place in <see cref="Rows"/> to the next.</summary>
    [FieldOffset(RowsStrideAt)] public nint RowsStride;

    /// <summary>Minus the columns of padding before the first.</summary>
    [FieldOffset(FirstColumnAt)] public nint FirstColumn;

    /// <summary>Columns of the input.</summary>
    [FieldOffset(WidthAt)] public nint Width;

    /// <summary>Bytes from a pixel to the next: the number of channels.</summary>
    [FieldOffset(PitchAt)] public nint Pitch;
    [FieldOffset(WeightsAt)] public sbyte* Weights;
    [FieldOffset(ParametersAt)] public byte* Parameters;

    /// <summary>Advanced from block to block.</summary>
    [FieldOffset(OutputAt)] public byte* Output;
    [FieldOffset(LinesAt)] public nint Lines;

    /// <summary>Columns of the output.</summary>
    [FieldOffset(LineWidthAt)] public nint LineWidth;

    /// <summary>Counted down.</summary>
    [FieldOffset(BlocksAt)] public nint Blocks;

    /// <summary>The input's zero point, in each of four bytes.</summary>
    [FieldOffset(PaddingAt)] public nint Padding;

    /// <summary>Bytes from the first channel to the block's: 0 at first, advanced from block to block.</summary>
    [FieldOffset(OffsetAt)] public nint Offset;

    /// <summary>Bytes from an output pixel to the next.</summary>
    [FieldOffset(OutputPitchAt)] public nint OutputPitch;

    /// <summary>What to bring into the cache meanwhile, for later layers.</summary>
    [FieldOffset(AheadAt)] public byte* Ahead;
    [FieldOffset(AheadStepAt)] public nint AheadStep;
}
