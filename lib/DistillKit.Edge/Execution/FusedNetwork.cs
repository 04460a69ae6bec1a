namespace DistillKit.Edge.Execution;

/// <summary>The fused network.</summary>
/// <param name="Images">The caller's images: planar floats, outside the memory plan.</param>
/// <param name="Logits">Where the last operator leaves the result.</param>
/// <param name="Operators">In the order in which they run.</param>
internal sealed record FusedNetwork(Activation Images, Activation Logits, IReadOnlyList<Operator> Operators);
