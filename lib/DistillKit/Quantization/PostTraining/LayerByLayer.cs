using DistillKit.Data;
using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.PostTraining;

/// <summary>A layer whose weight is rounded, and what it takes in both networks: one tensor for each batch of images.</summary>
/// <param name="Reference">The layer in floating point.</param>
/// <param name="Quantized">The layer with its rounding.</param>
/// <param name="ReferenceInputs">What the network in floating point gives it.</param>
/// <param name="QuantizedInputs">What the quantized network gives it, with all changes to the layers before.</param>
internal sealed record LayerPair(WeightedNode Reference, WeightedNode Quantized, IReadOnlyList<Tensor> ReferenceInputs, IReadOnlyList<Tensor> QuantizedInputs);

/// <summary>Changes the layers of a quantized graph in order, each in sight of what the changes before it have made.</summary>
internal static class LayerByLayer
{
    private const int BatchSize = 64;

    /// <summary>Goes through both networks in step.</summary>
    /// <param name="reference">In floating point; its norms are folded.</param>
    /// <param name="quantized">The same with roundings.</param>
    /// <param name="images">The calibration images. All of them are in memory at once, with a few feature maps of each.</param>
    /// <param name="change">Makes the new layer.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images.</exception>
    public static Graph Rewrite(Graph reference, Graph quantized, DeviceImages images, Func<LayerPair, WeightedNode> change, IProgress<double>? progress)
    {
        if (images.Count == 0) throw new UserException("Calibration needs images, and there are none: give it a few hundred training images.");
        if (quantized.Nodes.Any(node => node is BatchNormNode)) throw new ArgumentException("The norms must be folded first.", nameof(quantized));
        using var scope = NewDisposeScope();
        var plan = images.Batches(BatchSize);
        Tensor[] batches = [.. Enumerable.Range(0, plan.Count).Select(step => plan.Load(step).Images)];
        using var expected = new LayerWalk(reference, batches, images.Device);
        using var actual = new LayerWalk(quantized, batches, images.Device);
        var nodes = new List<Node> { quantized.Input };
        foreach (var node in quantized.Nodes.Skip(1))
        {
            var isRounded = node is WeightedNode { WeightQuantization: not null };
            nodes.Add(isRounded ? Change((WeightedNode)node) : node);
            actual.Run(nodes[^1]);
            // What only rounds has no counterpart.
            if (node is not QuantizeNode) expected.Run(reference[node.Name]);
            progress?.Report((double)nodes.Count / quantized.Nodes.Count);
        }
        return new(nodes, quantized.Metadata);

        WeightedNode Change(WeightedNode layer)
        {
            var counterpart = (WeightedNode)reference[layer.Name];
            using var layerScope = NewDisposeScope();
            return change(new(counterpart, layer, expected[counterpart.Input], actual[layer.Input]));
        }
    }
}
