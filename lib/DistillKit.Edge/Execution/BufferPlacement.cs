namespace DistillKit.Edge.Execution;

/// <summary>
/// Places buffers in one block of memory: in the order of the operators, each new buffer takes the smallest gap that holds it, and a
/// buffer's place becomes a gap after its last reader.
/// </summary>
internal sealed class BufferPlacement
{
    private const int Alignment = 64;

    private readonly Dictionary<ActivationBuffer, long> offsets = [];
    private readonly List<(long Start, long End)> gaps = [(0, long.MaxValue)];
    private readonly int chunk;

    public BufferPlacement(ExecutableNetwork network, int chunk)
    {
        this.chunk = chunk;
        var lastReaders = LastReaders(network);
        for (var step = 0; step < network.Operators.Count; step++)
        {
            var operation = network.Operators[step];
            Place(operation.Output);
            foreach (var input in operation.Inputs)
                if (lastReaders.TryGetValue(input, out var last) && last == step && lastReaders.Remove(input))
                    Free(input);
        }
    }

    /// <summary>The size of the block.</summary>
    public long Bytes { get; private set; }

    public IReadOnlyDictionary<ActivationBuffer, long> Offsets => offsets;

    /// <summary>Buffers that are never freed are left out: the caller's images and the result.</summary>
    private static Dictionary<ActivationBuffer, int> LastReaders(ExecutableNetwork network)
    {
        var last = new Dictionary<ActivationBuffer, int>();
        for (var step = 0; step < network.Operators.Count; step++)
            foreach (var input in network.Operators[step].Inputs)
                last[input] = step;
        last.Remove(network.Images);
        last.Remove(network.Logits);
        return last;
    }

    private long Size(ActivationBuffer buffer) => (buffer.BytesOfImage * chunk + Alignment - 1) / Alignment * Alignment;

    private void Place(ActivationBuffer buffer)
    {
        var (size, best) = (Size(buffer), -1);
        for (var i = 0; i < gaps.Count; i++)
            if (gaps[i].End - gaps[i].Start >= size && (best < 0 || gaps[i].End - gaps[i].Start < gaps[best].End - gaps[best].Start))
                best = i;
        var (start, end) = gaps[best];
        offsets.Add(buffer, start);
        Bytes = Math.Max(Bytes, start + size);
        if (start + size == end)
            gaps.RemoveAt(best);
        else
            gaps[best] = (start + size, end);
    }

    private void Free(ActivationBuffer buffer)
    {
        var (start, end) = (offsets[buffer], offsets[buffer] + Size(buffer));
        var next = gaps.FindIndex(gap => gap.Start >= end);
        if (gaps[next].Start == end)
        {
            end = gaps[next].End;
            gaps.RemoveAt(next);
        }
        if (next > 0 && gaps[next - 1].End == start)
            gaps[next - 1] = (gaps[next - 1].Start, end);
        else
            gaps.Insert(next, (start, end));
    }
}
