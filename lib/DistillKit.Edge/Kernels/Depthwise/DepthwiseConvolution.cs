namespace DistillKit.Edge.Kernels.Depthwise;

/// <summary>Computes some output lines of one image.</summary>
internal unsafe interface IDepthwiseKernel
{
    /// <param name="rows">The addresses of the input rows from the first line's window on, rows of padding among them.</param>
    public void RunLines(byte** rows, byte* output, int lines);
}

/// <summary>Runs a depthwise convolution line by line. Nothing is copied: rows above and below the image are one row of padding.</summary>
internal sealed unsafe class DepthwiseLoop(ConvolutionGeometry geometry, int inputBytes, int outputBytes)
{
    public int WorkItems(int images) => images * geometry.OutputHeight;

    public void Run(IDepthwiseKernel kernel, byte* input, byte* output, int firstItem, int items, byte padding)
    {
        var pitch = (long)geometry.Width * geometry.Inputs * inputBytes;
        var table = pitch + ConvolutionKernel.Slack + 63 & ~63;
        var paddingRow = Scratch.First(table + RowsOf(geometry.OutputHeight) * sizeof(byte*));
        Unsafe.InitBlockUnaligned(paddingRow, padding, (uint)pitch);
        var rows = (byte**)(paddingRow + table);
        for (var end = firstItem + items; firstItem < end;)
        {
            var (image, line) = Math.DivRem(firstItem, geometry.OutputHeight);
            var lines = Math.Min(end - firstItem, geometry.OutputHeight - line);
            var first = line * geometry.Stride - geometry.PadTop;
            for (var i = 0; i < RowsOf(lines); i++)
            {
                var isInside = (uint)(first + i) < (uint)geometry.Height;
                rows[i] = isInside ? input + ((long)image * geometry.Height + first + i) * pitch : paddingRow;
            }
            kernel.RunLines(rows, output + (long)firstItem * geometry.OutputWidth * geometry.Outputs * outputBytes, lines);
            firstItem += lines;
        }
    }

    private int RowsOf(int lines) => (lines - 1) * geometry.Stride + geometry.KernelHeight;
}

/// <summary>An integer depthwise 3x3 convolution.</summary>
internal abstract unsafe class DepthwiseConvolution : PanelConvolution, IDepthwiseKernel
{
    private readonly DepthwiseLoop loop;

    /// <param name="lanes">32-bit elements of a vector.</param>
    protected DepthwiseConvolution(ConvolutionGeometry geometry, Epilogue epilogue, int lanes,
        ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int activationShift = 0)
        : base(geometry, epilogue,
            Panel.Cover(geometry.Outputs, lanes, InterleavedWeights.Vectors, InterleavedWeights.Vectors, isInterleaved: true),
            weights, bias, activationShift)
    {
        Weights = new(Panels, weights);
        loop = new(geometry, sizeof(byte), OutputBytes);
    }

    protected InterleavedWeights Weights { get; }

    public override int WorkItems(int images) => loop.WorkItems(images);

    public override void Run(void* input, void* output, int images, int firstItem, int items) =>
        loop.Run(this, (byte*)input, (byte*)output, firstItem, items, ZeroPoint);

    public abstract void RunLines(byte** rows, byte* output, int lines);

    public override void Dispose()
    {
        base.Dispose();
        Weights.Dispose();
    }
}
