namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>Runs a convolution without groups as matrix products. Nothing is rearranged but images with padding, which are copied into a
/// frame. Pointwise convolutions are one matrix over the whole batch.</summary>
/// <param name="inputBytes">Bytes of an input value.</param>
/// <param name="outputBytes">Bytes of an output value.</param>
internal sealed unsafe class MatrixLoop(ConvolutionGeometry geometry, int inputBytes, int outputBytes, int panels)
{
    private const int RowsOfItem = 48;

    private bool HasPadding => geometry is not { PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    private int PixelBytes => geometry.Inputs * inputBytes;

    private int ResultBytes => geometry.Outputs * outputBytes;

    /// <summary>Output lines; of pointwise convolutions blocks of rows or, where rows are few, panels.</summary>
    public int WorkItems(int images) => !geometry.IsPointwise ? images * geometry.OutputHeight
        : IsSplitByRows(images) ? (images * geometry.OutputPixels + RowsOfItem - 1) / RowsOfItem : panels;

    public void Run(IMatrixKernel kernel, byte* input, byte* output, int images, int firstItem, int items, byte padding)
    {
        if (!geometry.IsPointwise) RunImages(kernel, input, output, firstItem, items, padding);
        else if (!IsSplitByRows(images)) RunRows(kernel, input, output, 0, images * geometry.OutputPixels, firstItem, items);
        else
        {
            var first = firstItem * RowsOfItem;
            RunRows(kernel, input, output, first, Math.Min(items * RowsOfItem, images * geometry.OutputPixels - first), 0, panels);
        }
    }

    private bool IsSplitByRows(int images) => (long)images * geometry.OutputPixels >= 4 * RowsOfItem;

    private void RunRows(IMatrixKernel kernel, byte* input, byte* output, int first, int rows, int firstPanel, int panelCount)
    {
        var block = new MatrixBlock
        {
            Input = input + (long)first * PixelBytes,
            Output = output + (long)first * ResultBytes,
            Rows = rows,
            Lines = 1,
            RowStride = PixelBytes,
            OutputStride = ResultBytes,
        };
        for (var panel = firstPanel; panel < firstPanel + panelCount; panel++) kernel.Multiply(panel, block);
    }

    private void RunImages(IMatrixKernel kernel, byte* input, byte* output, int firstItem, int items, byte padding)
    {
        for (var end = firstItem + items; firstItem < end;)
        {
            var (image, line) = Math.DivRem(firstItem, geometry.OutputHeight);
            var lines = Math.Min(end - firstItem, geometry.OutputHeight - line);
            var source = input + (long)image * geometry.Height * geometry.Width * PixelBytes;
            RunLines(kernel, source, output + (long)firstItem * geometry.OutputWidth * ResultBytes, line, lines, padding);
            firstItem += lines;
        }
    }

    private void RunLines(IMatrixKernel kernel, byte* image, byte* output, int line, int lines, byte padding)
    {
        var pitch = (HasPadding ? geometry.PadLeft + geometry.Width + geometry.PadRight : geometry.Width) * (nint)PixelBytes;
        var rows = HasPadding ? Padded(image, line, lines, (int)pitch, padding) : image + line * geometry.Stride * pitch;
        var block = new MatrixBlock
        {
            Input = rows,
            Output = output,
            Rows = geometry.OutputWidth,
            Lines = lines,
            RowStride = geometry.Stride * PixelBytes,
            LineStride = geometry.Stride * pitch,
            SegmentStride = pitch,
            OutputStride = ResultBytes,
        };
        for (var panel = 0; panel < panels; panel++) kernel.Multiply(panel, block);
    }

    /// <summary>Copies the rows that some output lines see into this thread's <see cref="Scratch"/>, padding around them.</summary>
    private byte* Padded(byte* image, int firstLine, int lines, int pitch, byte padding)
    {
        var (left, right, width) = (geometry.PadLeft * PixelBytes, geometry.PadRight * PixelBytes, geometry.Width * PixelBytes);
        var rows = (lines - 1) * geometry.Stride + geometry.KernelHeight;
        var first = firstLine * geometry.Stride - geometry.PadTop;
        var copy = Scratch.First((long)rows * pitch);
        var target = copy;
        for (var row = first; row < first + rows; row++, target += pitch)
        {
            if ((uint)row >= (uint)geometry.Height)
            {
                Unsafe.InitBlockUnaligned(target, padding, (uint)pitch);
                continue;
            }
            Unsafe.InitBlockUnaligned(target, padding, (uint)left);
            Unsafe.CopyBlockUnaligned(target + left, image + (long)row * width, (uint)width);
            Unsafe.InitBlockUnaligned(target + left + width, padding, (uint)right);
        }
        return copy;
    }
}

/// <summary>A convolution as a matrix product: lines of rows, and a row for each output pixel. A row is its window of the input, segment by
/// segment: an NHWC image holds each row of a window in one piece.</summary>
internal unsafe struct MatrixBlock
{
    public byte* Input; // the first row
    public byte* Output; // the first result of the first row, of channel 0
    public int Rows; // of a line
    public int Lines;
    public nint RowStride; // bytes from the input of a row to that of the next
    public nint LineStride; // bytes from the input of a line to that of the next
    public nint SegmentStride; // bytes from a segment of a row to the next
    public nint OutputStride; // bytes from the results of a row to those of the next
}

/// <summary>Multiplies the rows with the weights of one panel of output channels.</summary>
internal interface IMatrixKernel
{
    public void Multiply(int panel, in MatrixBlock block);
}
