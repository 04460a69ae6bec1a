namespace DistillKit.Metrics;

/// <summary>What a network costs before any measurement.</summary>
/// <param name="Parameters">The numbers that training sets.</param>
/// <param name="MultiplyAccumulates">Of the convolutions and the linear layer, for one image. Papers often call them FLOPs; norms and
/// activations are left out, as usual.</param>
public sealed record ModelCost(long Parameters, long MultiplyAccumulates)
{
    /// <summary>Counts the numbers in a graph and multiplies the sizes of its weights by the positions they are used at.</summary>
    public static ModelCost Of(Graph graph)
    {
        // A norm's statistics are not set by training.
        var norms = graph.Nodes.OfType<BatchNormalizationNode>().Sum(norm => norm.Scale.Values.LongLength + norm.Shift.Values.LongLength);
        return new(graph.Parameters + norms, graph.MultiplyAccumulates);
    }
}
