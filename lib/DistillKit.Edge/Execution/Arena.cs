namespace DistillKit.Edge.Execution;

/// <summary>Places buffers in one block of memory: in the order of the operators, each new buffer takes the first gap that holds it between
/// those that are still to be read.</summary>
internal sealed class BufferPlacement
{
    private const int Alignment = 64;

    private readonly Dictionary<ActivationBuffer, long> offsets = [];

    public BufferPlacement(ExecutableNetwork network, int chunk)
    {
        var lastReaders = new Dictionary<ActivationBuffer, int>();
        for (var step = 0; step < network.Operators.Count; step++)
            foreach (var input in network.Operators[step].Inputs)
                lastReaders[input] = step;
        lastReaders.Remove(network.Logits);

        // In the order of their places.
        var alive = new List<(ActivationBuffer Buffer, long Start, long End)>();
        for (var step = 0; step < network.Operators.Count; step++)
        {
            var operation = network.Operators[step];
            var size = (operation.Output.BytesOfImage * chunk + Alignment - 1) / Alignment * Alignment;
            var (start, index) = (0L, 0);
            for (; index < alive.Count && alive[index].Start - start < size; index++)
                start = alive[index].End;
            alive.Insert(index, (operation.Output, start, start + size));
            offsets.Add(operation.Output, start);
            Bytes = Math.Max(Bytes, start + size);
            foreach (var input in operation.Inputs)
                if (lastReaders.TryGetValue(input, out var last) && last == step)
                    alive.RemoveAll(place => place.Buffer == input);
        }
    }

    /// <summary>The size of the block.</summary>
    public long Bytes { get; private set; }

    public IReadOnlyDictionary<ActivationBuffer, long> Offsets => offsets;
}

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
