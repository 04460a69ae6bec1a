namespace DistillKit.Edge;

/// <summary>How to run a model.</summary>
public sealed record EdgeOptions
{
    /// <summary>Threads that share the work of one run, the calling thread included. The results do not depend on it, to the bit.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The name of an instruction set (<see cref="EdgeModel.InstructionSets"/>); null for the best of this machine.</summary>
    public string? InstructionSet { get; init; }
}
