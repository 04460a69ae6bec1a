namespace DistillKit.Quantization.PostTraining;

/// <summary>Cross-layer equalization (Nagel et al. 2019, arXiv:1906.04721): divides an output channel of a layer by a factor and multiplies
/// what the next layer does with it by the same, so that the channel's weights have one range in both: with <c>r1</c> and <c>r2</c> these
/// ranges, the factor is <c>sqrt(r1 / r2)</c>. The network computes the same as before: ReLU, maximum and mean let a positive factor
/// through.</summary>
/// <remarks>ReLU6 does not, so layers with a ReLU6 between them stay as they are. Made for weights with one scale for the whole tensor;
/// with one scale for each output channel it still evens out the columns of the second layer. The paper absorbs biases that become high
/// into the next layer, which is not exact where images are padded with zeros; here no bias becomes higher than twice the highest that its
/// layer had. So a channel with hardly any weight but an ordinary bias does not drown the others.</remarks>
public static class CrossLayerEqualization
{
    private const int MostRounds = 50;
    private const double Converged = 1e-3;

    // Over all rounds, of a channel that hardly does anything in one of the layers.
    private const double LargestFactor = 1e3;

    // Of a bias, against the highest of its layer: one bit of the result's precision.
    private const double LargestGrowth = 2;

    /// <summary>Equalizes all pairs of layers until no factor is far from 1: a depthwise layer belongs to two pairs.</summary>
    /// <param name="graph">In floating point, with its norms folded; norms that are left separate layers.</param>
    public static Graph Apply(Graph graph)
    {
        using var scope = NewDisposeScope();
        var layers = graph.Layers.ToDictionary(layer => layer.Name, layer => new Channels(layer));
        var pairs = Pairs(graph).ToList();
        var isMoving = true;
        for (var round = 0; round < MostRounds && isMoving; round++)
        {
            isMoving = false;
            foreach (var (first, second) in pairs) isMoving |= Equalize(layers[first], layers[second]);
        }
        return graph.With(layers.ToDictionary(layer => layer.Key, Node (layer) => layer.Value.ToNode()));
    }

    /// <summary>The pairs of layers of which the second alone sees the first, through operations that let factors through.</summary>
    internal static IEnumerable<(string First, string Second)> Pairs(Graph graph)
    {
        foreach (var first in graph.Layers)
        {
            var next = graph.OnlyConsumerOf<Node>(first.Name);
            while (next is ActivationNode { Activation: Activation.ReLU } or MaxPoolNode or GlobalAveragePoolNode)
                next = graph.OnlyConsumerOf<Node>(next.Name);
            if (next is WeightedNode second) yield return (first.Name, second.Name);
        }
    }

    /// <summary>Returns whether a factor was far from 1.</summary>
    private static bool Equalize(Channels first, Channels second)
    {
        using var scope = NewDisposeScope();
        var (r1, r2) = (first.Weight.abs().amax([2, 3]).view(-1), second.Weight.abs().amax([1, 3]).view(-1));
        var factors = where(r1.mul(r2).gt(Number.Of(0.0)), r1.div(r2).sqrt(), ones_like(r1));
        var total = first.Factors.mul(factors).clamp_max(Number.Of(LargestFactor)).maximum(first.SmallestFactors);
        var change = total.div(first.Factors);
        first.Factors.copy_(total);
        first.Weight.div_(change.view(first.Groups, -1, 1, 1));
        first.Bias?.div_(change);
        second.Weight.mul_(change.view(second.Groups, 1, -1, 1));
        return change.log().abs().max().item<double>() > Converged;
    }

    /// <summary>A layer's numbers in float64, and the factors that its output channels were divided by.</summary>
    private sealed class Channels
    {
        private readonly WeightedNode node;

        public Channels(WeightedNode node)
        {
            (this.node, Groups) = (node, node is ConvNode convolution ? convolution.Groups : 1);
            var (outputs, inputs) = (node.Weight.Channels, node.Weight.Shape[1]);
            Weight = node.Weight.ToTensor().to(ScalarType.Float64).view(Groups, outputs / Groups, inputs, -1);
            Bias = node.Bias?.ToTensor().to(ScalarType.Float64);
            Factors = ones(outputs, ScalarType.Float64);
            SmallestFactors = Factors.div(Number.Of(LargestFactor));
            var highest = Bias is null ? 0 : LargestGrowth * Bias.abs().max().item<double>();
            if (highest > 0) SmallestFactors = SmallestFactors.maximum(Bias!.abs().div(Number.Of(highest)));
        }

        public int Groups { get; }

        /// <summary>[groups, outputs of a group, inputs of a group, positions].</summary>
        public Tensor Weight { get; }

        public Tensor? Bias { get; }

        public Tensor Factors { get; }

        /// <summary>Those that raise a bias to the highest that it may have.</summary>
        public Tensor SmallestFactors { get; }

        public WeightedNode ToNode() => node with
        {
            Weight = Constant.Of(Weight.view([.. node.Weight.Shape.Select(size => (long)size)])),
            Bias = Bias is null ? null : Constant.Of(Bias),
        };
    }
}
