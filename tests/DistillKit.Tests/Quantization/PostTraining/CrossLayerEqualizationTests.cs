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
        {
            var highest = ((WeightedNode)network.Graph[first]).Bias!.Values.Max(Math.Abs);
            Assert.InRange(Imbalance((WeightedNode)equalized[first], (WeightedNode)equalized[second], highest), 0, 0.01);
        }
    }

    [Theory]
    [InlineData(1e-2f)]
    [InlineData(1e-4f)]
    [InlineData(1e-8f)]
    public void A_nearly_dead_channel_with_an_ordinary_bias_does_not_drown_the_others(float weights)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork("""{ "family": "resnet", "width": 0.125, "depth": 50 }""");
        var (name, _) = CrossLayerEqualization.Pairs(network.Graph).First();
        var layer = (WeightedNode)network.Graph[name];
        float[] factors = [weights, .. Enumerable.Repeat(1f, layer.Weight.Channels - 1)], biases = [.. layer.Bias!.Values];
        biases[0] = biases.Max(Math.Abs);
        var dying = layer with { Weight = layer.Weight.ScaleChannels(factors), Bias = new(biases, biases.Length) };
        var graph = network.Graph.With(new Dictionary<string, Node> { [name] = dying });

        var equalized = CrossLayerEqualization.Apply(graph);
        Close.AssertRelative(network.Logits(graph), network.Logits(equalized), 1e-4, "logits");
        foreach (var (before, after) in graph.Layers.Zip(equalized.Layers).Where(pair => pair.First.Bias is not null))
            Assert.InRange(after.Bias!.Values.Max(Math.Abs), 0, 2.0001f * before.Bias!.Values.Max(Math.Abs));
        var recipe = new PostTrainingRecipe { Equalize = true };
        var ratio = new SignalToNoise();
        ratio.Add(network.Logits(graph), network.Logits(PostTrainingQuantization.Run(graph, recipe, network.Images)));
        Assert.InRange(ratio.Decibels, 15, 100);
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

    /// <summary>The largest relative difference of what a channel's weights reach in the two layers, where its bias let it.</summary>
    private static double Imbalance(WeightedNode first, WeightedNode second, float highestBias)
    {
        using var scope = NewDisposeScope();
        var outgoing = first.Weight.ToTensor().abs().view(first.Weight.Channels, -1).amax(1);
        var weight = second.Weight.ToTensor().abs();
        var isDepthwise = second is ConvNode { IsDepthwise: true };
        var incoming = isDepthwise
            ? weight.view(second.Weight.Channels, -1).amax(1)
            : weight.transpose(0, 1).reshape(second.Weight.Shape[1], -1).amax(1);
        var isFree = first.Bias!.ToTensor().abs() < 1.999f * highestBias;
        return outgoing.div(incoming).sub(1).abs().mul(isFree).max().item<float>();
    }
}
