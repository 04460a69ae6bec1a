namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>
/// A convolution as a matrix product: lines of rows, and a row for each output pixel. A row is its window of the input, segment by segment: an NHWC
/// image holds each row of a window in one piece.
/// </summary>
internal unsafe struct MatrixBlock
{
    /// <summary>The first row.</summary>
    public byte* Input;

    /// <summary>The first result of the first row, of channel 0.</summary>
    public byte* Output;

    /// <summary>Rows of a line.</summary>
    public int Rows;

    public int Lines;

    /// <summary>Bytes from the input of a row to that of the next.</summary>
    public nint RowStride;

    /// <summary>Bytes from the input of a line to that of the next.</summary>
    public nint LineStride;

    /// <summary>Bytes from a segment of a row to the next.</summary>
    public nint SegmentStride;

    /// <summary>Bytes from the results of a row to those of the next.</summary>
    public nint OutputStride;
}

/// <summary>Multiplies the rows with the weights of one panel of output channels.</summary>
internal interface IMatrixKernel
{
    public void Multiply(int panel, in MatrixBlock block);
}
