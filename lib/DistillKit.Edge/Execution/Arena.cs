using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Execution;

/// <summary>A network that can run.</summary>
/// <param name="Images">The caller's images: planar floats, outside the arena.</param>
/// <param name="Logits">Where the last operator leaves the result.</param>
/// <param name="Operators">In the order in which they run.</param>
internal sealed record ExecutableNetwork(ActivationBuffer Images, ActivationBuffer Logits, IReadOnlyList<Operator> Operators);

/// <summary>The native memory of all buffers of a network, placed so that values which are not alive together share it.</summary>
internal static unsafe class Arena
{
    /// <summary>Far above what any network for this engine needs, and low enough that a hostile file cannot exhaust memory.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>As much of the processor's second-level cache as a chunk's values should fill.</summary>
    private const long ComfortableBytes = 1 << 20;

    public const int LargestChunk = 64;

    /// <summary>How many images run at a time.</summary>
    public static int Chunk(ExecutableNetwork network) =>
        (int)Math.Clamp(ComfortableBytes / Math.Max(1, new BufferPlacement(network, 1).Bytes), 1, LargestChunk);

    /// <summary>Allocates the memory for a chunk of images and sets each buffer's address.</summary>
    public static NativeBuffer Allocate(ExecutableNetwork network, int chunk)
    {
        var placement = new BufferPlacement(network, chunk);
        if (placement.Bytes > MostBytes)
            throw new EdgeException($"The model needs {placement.Bytes >> 20} MiB for its activations, more than the {MostBytes >> 20} MiB "
                + "this engine allows. Use smaller images.");
        var arena = new NativeBuffer(placement.Bytes);
        foreach (var (buffer, offset) in placement.Offsets)
            buffer.Address = arena.Pointer + offset;
        return arena;
    }
}
