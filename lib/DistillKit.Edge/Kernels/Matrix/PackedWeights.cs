namespace DistillKit.Edge.Kernels.Matrix;

/// <summary>Weights as a matrix product reads them: for each panel, row of the window and group, four of each accumulator.</summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    private const int GroupBytes = 4;

    private readonly long[] offsets;
    private NativeBuffer? buffer;
    private byte* start;

    public PackedWeights(ConvolutionGeometry geometry, IReadOnlyList<Panel> panels, ReadOnlySpan<sbyte> weights)
    {
        Groups = (geometry.KernelWidth * geometry.Inputs + GroupBytes - 1) / GroupBytes;
        offsets = new long[panels.Count + 1];
        for (var i = 0; i < panels.Count; i++)
            offsets[i + 1] = offsets[i] + (long)geometry.KernelHeight * Groups * GroupBytes * panels[i].Columns * panels[i].Lanes;
        buffer = new(offsets[^1]);
        start = buffer.Pointer;
        for (var i = 0; i < panels.Count; i++) Pack(geometry, panels[i], weights, this[i]);
    }

    /// <summary>Groups of four inputs in a segment; the last may be filled up with zero weights.</summary>
    public int Groups { get; }

    public sbyte* this[int panel] => (sbyte*)start + offsets[panel];

    public long Bytes => offsets[^1];

    /// <summary>Moves the weights into memory of the caller's, which has to stay.</summary>
    public void MoveTo(byte* memory)
    {
        Buffer.MemoryCopy(start, memory, Bytes, Bytes);
        Dispose();
        start = memory;
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
    }

    private void Pack(ConvolutionGeometry geometry, Panel panel, ReadOnlySpan<sbyte> weights, sbyte* packed)
    {
        for (var row = 0; row < geometry.KernelHeight; row++)
            for (var group = 0; group < Groups; group++)
                for (var column = 0; column < panel.Columns; column++)
                    for (var element = 0; element < panel.Lanes; element++)
                        for (var i = 0; i < GroupBytes; i++, packed++)
                        {
                            var (x, input) = Math.DivRem(group * GroupBytes + i, geometry.Inputs);
                            if (panel.ChannelAt(column, element) is var channel and >= 0 && x < geometry.KernelWidth)
                                *packed = weights[geometry.WeightIndex(channel, input, row, x)];
                        }
    }
}
