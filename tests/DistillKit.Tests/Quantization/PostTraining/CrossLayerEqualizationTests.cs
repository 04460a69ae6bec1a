using DistillKit.Graphs;
using DistillKit.Quantization.PostTraining;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.PostTraining;

public sealed class CrossLayerEqualizationTests
{
    [Theory]
    [InlineData("""{ "family": "mobilenetv2", "width": 0.1, "activation": "ReLU" }""", 35)]
    [InlineData("""{ "family": "resnet", "width": 0.125, "depth": 50 }""", 32)]
    [InlineData("""{ "family": "mobilenetv2", "width": 0.1, "activation": "ReLU6" }""", 1)]
    public void The_network_computes_the_same_and_its_channels_have_one_range(string spec, int pairs)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork(spec);
        var equalized = CrossLayerEqualization.Apply(network.Graph);

        Close.AssertRelative(network.Logits(network.Graph), network.Logits(equalized), 1e-4, "logits");
        var found = CrossLayerEqualization.Pairs(network.Graph).ToList();
        Assert.Equal(pairs, found.Count);
        foreach (var (first, second) in found)
            Assert.InRange(Imbalance((WeightedNode)equalized[first], (WeightedNode)equalized[second]), 0, 0.01);
    }

    [Fact]
    public void The_graph_that_was_given_stays_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork();
        var before = network.Graph.Layers.Select(layer => layer.Weight.Values.ToArray()).ToList();
        CrossLayerEqualization.Apply(network.Graph);
        Assert.Equal(before, network.Graph.Layers.Select(layer => layer.Weight.Values));
    }

    /// <summary>The largest relative difference of what a channel's weights reach in the two layers.</summary>
    private static double Imbalance(WeightedNode first, WeightedNode second)
    {
        using var scope = NewDisposeScope();
        var outgoing = first.Weight.ToTensor().abs().view(first.Weight.Channels, -1).amax(1);
        var weight = second.Weight.ToTensor().abs();
        var isDepthwise = second is ConvNode { IsDepthwise: true };
        var incoming = isDepthwise
            ? weight.view(second.Weight.Channels, -1).amax(1)
            : weight.transpose(0, 1).reshape(second.Weight.Shape[1], -1).amax(1);
        return outgoing.div(incoming).sub(1).abs().max().item<float>();
    }
}
