namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>Copies the rows that some output lines see into this thread's <see cref="Scratch"/>, with their padding around them.</summary>
internal readonly unsafe struct PaddedRows(ConvolutionGeometry geometry, int elementBytes)
{
    private int LeftBytes => geometry.PadLeft * geometry.Inputs * elementBytes;

    private int RightBytes => geometry.PadRight * geometry.Inputs * elementBytes;

    private int RowBytes => geometry.Width * geometry.Inputs * elementBytes;

    /// <summary>Bytes from a row of the copy to the next.</summary>
    public int Pitch => LeftBytes + RowBytes + RightBytes;

    /// <summary>The copy of the first row of the first line's window.</summary>
    public byte* Copy(byte* image, int firstLine, int lines, byte padding)
    {
        var rows = (lines - 1) * geometry.Stride + geometry.KernelHeight;
        var first = firstLine * geometry.Stride - geometry.PadTop;
        var copy = Scratch.First((long)rows * Pitch);
        var target = copy;
        for (var row = first; row < first + rows; row++, target += Pitch)
        {
            if ((uint)row >= (uint)geometry.Height)
            {
                Unsafe.InitBlockUnaligned(target, padding, (uint)Pitch);
                continue;
            }
            Unsafe.InitBlockUnaligned(target, padding, (uint)LeftBytes);
            Unsafe.CopyBlockUnaligned(target + LeftBytes, image + (long)row * RowBytes, (uint)RowBytes);
            Unsafe.InitBlockUnaligned(target + LeftBytes + RowBytes, padding, (uint)RightBytes);
        }
        return copy;
    }
}
