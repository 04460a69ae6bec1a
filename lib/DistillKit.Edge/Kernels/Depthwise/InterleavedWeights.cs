namespace DistillKit.Edge.Kernels.Depthwise;

/// <summary>The weights of a depthwise 3x3 convolution: for each block, column and vector, three of each channel and a 0.</summary>
internal sealed unsafe class InterleavedWeights : IDisposable
{
    /// <summary>The window's height and width.</summary>
    public const int Window = 3;

    /// <summary>Vectors of accumulators in a block: as many as interleaving makes of one vector of bytes.</summary>
    public const int Vectors = 4;

    private readonly NativeBuffer buffer;
    private readonly int blockBytes;

    public InterleavedWeights(IReadOnlyList<Panel> blocks, ReadOnlySpan<sbyte> weights)
    {
        blockBytes = BlockBytes(blocks[0].Lanes);
        buffer = new((long)blocks.Count * blockBytes);
        for (var block = 0; block < blocks.Count; block++)
        {
            var packed = this[block];
            for (var x = 0; x < Window; x++)
                for (var vector = 0; vector < Vectors; vector++)
                    for (var element = 0; element < blocks[block].Lanes; element++, packed += 4)
                    {
                        var channel = blocks[block].ChannelAt(vector, element);
                        for (var y = 0; y < Window && channel >= 0; y++) packed[y] = weights[(channel * Window + y) * Window + x];
                    }
        }
    }

    public sbyte* this[int block] => (sbyte*)buffer.Pointer + (long)block * blockBytes;

    /// <summary>Bytes of one block's weights.</summary>
    public static int BlockBytes(int lanes) => Window * Vectors * lanes * 4;

    public static bool Supports(ConvolutionGeometry geometry) =>
        geometry is { IsDepthwise: true, KernelHeight: Window, KernelWidth: Window, Stride: <= Window };

    public void Dispose() => buffer.Dispose();
}
