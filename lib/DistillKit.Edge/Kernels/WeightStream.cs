namespace DistillKit.Edge.Kernels;

/// <summary>Lays the weights of a network one after another, in the order of execution. A small network's last layers have most of its
/// weights and few pixels, so they wait for memory, while the first layers only compute: these ask for lines of the stream while they
/// do.</summary>
internal sealed unsafe class WeightStream : IDisposable
{
    /// <summary>How far ahead lines are fetched: what fits into the second-level cache beside the layer at work.</summary>
    private const long MostAhead = 1 << 20;

    private const int Line = 64;

    private readonly NativeBuffer weights;

    /// <param name="layers">All layers in the order of execution. They may not outlive this.</param>
    public WeightStream(IReadOnlyList<ConvolutionKernel> layers)
    {
        weights = new(layers.Sum(layer => Aligned(layer.StreamedBytes)));
        var end = weights.Pointer;
        var ahead = end;
        foreach (var layer in layers)
        {
            layer.MoveWeights(end);
            end += Aligned(layer.StreamedBytes);
            if (ahead < end) ahead = end;
            layer.Ahead = ahead;
            ahead += Math.Min(layer.LinesAhead * Line, Math.Max(0, MostAhead - (ahead - end)));
        }
    }

    public void Dispose() => weights.Dispose();

    private static long Aligned(long bytes) => bytes + Line - 1 & -Line;
}
