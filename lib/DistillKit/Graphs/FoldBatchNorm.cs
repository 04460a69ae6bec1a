namespace DistillKit.Graphs;

/// <summary>
/// Moves each batch norm into the weight and bias of the convolution before it: <c>w' = w * s</c>, <c>b' = (b - mean) * s + shift</c> with
/// <c>s = scale / sqrt(variance + epsilon)</c> for each output channel (Jacob et al. 2018, arXiv:1712.05877). A norm after something else, for instance a max
/// pool, becomes a depthwise 1x1 convolution, so that no runtime needs norms.
/// </summary>
public static class FoldBatchNorm
{
    /// <summary>The graph without norms; every other node keeps its name.</summary>
    public static Graph Apply(Graph graph)
    {
        var folded = new Dictionary<string, string>();
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            if (node is ConvolutionNode convolution && NormOf(graph, convolution) is { } norm)
            {
                nodes.Add(Rewire(Fold(convolution, norm)));
                folded[norm.Name] = convolution.Name;
            }
            else if (node is BatchNormNode alone && !folded.ContainsKey(node.Name))
            {
                nodes.Add(Rewire(Fold(Identity(alone), alone)));
            }
            else if (!folded.ContainsKey(node.Name))
            {
                nodes.Add(Rewire(node));
            }
        }
        return new(nodes, graph.Metadata);

        Node Rewire(Node node) => node.Rewire(name => folded.GetValueOrDefault(name, name));
    }

    /// <summary>A convolution of each channel with the number 1, in the place of a norm.</summary>
    private static ConvolutionNode Identity(BatchNormNode norm)
    {
        var channels = norm.Scale.Channels;
        var ones = new float[channels];
        Array.Fill(ones, 1);
        return new(norm.Name, norm.Input, new(ones, channels, 1, 1, 1), Bias: null, Stride: 1, Padding: 0, Groups: channels);
    }

    /// <summary>The norm that can move into a convolution: the only taker of its result.</summary>
    internal static BatchNormNode? NormOf(Graph graph, ConvolutionNode convolution) => graph.OnlyConsumerOf<BatchNormNode>(convolution.Name);

    /// <summary>What a norm multiplies each channel by.</summary>
    internal static float[] Factors(BatchNormNode norm) =>
        [.. norm.Scale.Values.Select((scale, channel) => (float)(scale / Math.Sqrt(norm.Variance.Values[channel] + norm.Epsilon)))];

    /// <summary>The convolution that does both.</summary>
    internal static ConvolutionNode Fold(ConvolutionNode convolution, BatchNormNode norm)
    {
        var factors = Factors(norm);
        var bias = new float[factors.Length];
        for (var channel = 0; channel < bias.Length; channel++)
            bias[channel] = ((convolution.Bias?.Values[channel] ?? 0) - norm.Mean.Values[channel]) * factors[channel] + norm.Shift.Values[channel];
        return convolution with { Weight = convolution.Weight.ScaleChannels(factors), Bias = new(bias, bias.Length) };
    }
}
