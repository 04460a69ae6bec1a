namespace DistillKit.Graphs;

/// <summary>Moves each batch norm into the weight and bias of the convolution before it: <c>w' = w * s</c>,
/// <c>b' = (b - mean) * s + shift</c> with <c>s = scale / sqrt(variance + epsilon)</c> for each output channel (Jacob et al. 2018,
/// arXiv:1712.05877). A norm after something else, for instance a max pool, becomes a depthwise 1x1 convolution. A dead channel, which
/// never varied in training (only zeros reach it, say), becomes what it is, a constant: its <c>s</c> would divide by next to nothing, and
/// the huge weights that come of it would spoil the scale of all others.</summary>
public static class FoldBatchNorm
{
    /// <summary>Below it a variance is none: the channel's deviation, times the largest factor, stays below a thousandth.</summary>
    internal const double LeastVariance = 1e-12;

    /// <summary>The graph without norms; every other node keeps its name.</summary>
    public static Graph Apply(Graph graph)
    {
        var folded = new Dictionary<string, string>();
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes.Where(node => !folded.ContainsKey(node.Name)))
        {
            var result = node;
            if (node is ConvNode conv && NormOf(graph, conv) is { } norm)
            {
                result = Fold(conv, norm);
                folded[norm.Name] = conv.Name;
            }
            else if (node is BatchNormalizationNode alone) result = Fold(Identity(alone), alone);
            nodes.Add(result.Rewire(name => folded.GetValueOrDefault(name, name)));
        }
        return new(nodes, graph.Metadata);
    }

    /// <summary>The norm that can move into a convolution: the only consumer of its result.</summary>
    internal static BatchNormalizationNode? NormOf(Graph graph, ConvNode conv) => graph.OnlyConsumerOf<BatchNormalizationNode>(conv.Name);

    /// <summary>The convolution that does both.</summary>
    internal static ConvNode Fold(ConvNode conv, BatchNormalizationNode norm)
    {
        float[] factors = [.. norm.Scale.Values.Select((scale, channel) =>
            norm.Variance.Values[channel] < LeastVariance ? 0 : (float)(scale / Math.Sqrt(norm.Variance.Values[channel] + norm.Epsilon)))];
        float[] bias = [.. factors.Select((factor, channel) =>
            ((conv.Bias?.Values[channel] ?? 0) - norm.Mean.Values[channel]) * factor + norm.Shift.Values[channel])];
        return conv with { Weight = conv.Weight.ScaleChannels(factors), Bias = new(bias, bias.Length) };
    }

    /// <summary>A convolution of each channel with the number 1, in the place of a norm.</summary>
    private static ConvNode Identity(BatchNormalizationNode norm)
    {
        var channels = norm.Scale.Channels;
        float[] ones = [.. Enumerable.Repeat(1f, channels)];
        return new(norm.Name, norm.Input, new(ones, channels, 1, 1, 1), Bias: null, Stride: 1, Padding: 0, Groups: channels);
    }
}
