using System.Runtime.InteropServices;

namespace DistillKit.Edge.Kernels.Avx512;

/// <summary>
/// The argument of the matrix kernel: lines of tiles of rows. A row is the input of one output pixel; it consists of segments (the rows of the
/// convolution's window) of groups of four bytes.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct MatrixCall
{
    public const int InputAt = 0, RowStrideAt = 8, SegmentsAt = 16, SegmentSkipAt = 24, GroupsAt = 32, WeightsAt = 40, ParametersAt = 48, OutputAt = 56,
        OutputStrideAt = 64, TilesAt = 72, TileStrideAt = 80, LinesAt = 88, LineStrideAt = 96, OutputLineStrideAt = 104, AheadAt = 112, AheadStepAt = 120;

    /// <summary>The first row of a line; advanced from line to line.</summary>
    [FieldOffset(InputAt)] public byte* Input;

    /// <summary>Bytes from a row to the next.</summary>
    [FieldOffset(RowStrideAt)] public nint RowStride;
    [FieldOffset(SegmentsAt)] public nint Segments;

    /// <summary>Bytes from the end of a segment's groups to the beginning of the next segment.</summary>
    [FieldOffset(SegmentSkipAt)] public nint SegmentSkip;

    /// <summary>Groups of four bytes in a segment.</summary>
    [FieldOffset(GroupsAt)] public nint Groups;
    [FieldOffset(WeightsAt)] public sbyte* Weights;
    [FieldOffset(ParametersAt)] public byte* Parameters;

    /// <summary>The first result of a line; advanced from line to line.</summary>
    [FieldOffset(OutputAt)] public byte* Output;

    /// <summary>Bytes from the results of a row to those of the next.</summary>
    [FieldOffset(OutputStrideAt)] public nint OutputStride;

    /// <summary>Tiles in a line.</summary>
    [FieldOffset(TilesAt)] public nint Tiles;

    /// <summary>Bytes from the first row of a tile to that of the next.</summary>
    [FieldOffset(TileStrideAt)] public nint TileStride;
    [FieldOffset(LinesAt)] public nint Lines;
    [FieldOffset(LineStrideAt)] public nint LineStride;
    [FieldOffset(OutputLineStrideAt)] public nint OutputLineStride;

    /// <summary>What to bring into the cache meanwhile, for later layers; advanced from tile to tile.</summary>
    [FieldOffset(AheadAt)] public byte* Ahead;
    [FieldOffset(AheadStepAt)] public nint AheadStep;
}
