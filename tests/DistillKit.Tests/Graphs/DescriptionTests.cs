using DistillKit.Metrics;
using DistillKit.Quantization.Simulation;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Graphs;

/// <summary>Networks describe themselves.</summary>
public sealed class DescriptionTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, int> Networks => new()
    {
        { """{ "family": "resnet", "depth": 18, "width": 0.125 }""", 32 },
        { """{ "family": "resnet", "depth": 18, "width": 0.125, "pooled": true, "identityStart": true }""", 32 },
        { """{ "family": "resnet", "depth": 18, "width": 0.125, "stem": "ImageNet", "classes": 7 }""", 64 },
        { """{ "family": "resnet", "depth": 50, "width": 0.125 }""", 16 },
        {
            """{ "family": "resnet", "blocks": [2, 1], "bottleneck": true, "width": 0.125, "channels": [64, 24, 96], "pooled": true }""",
            16
        },
        { """{ "family": "resnet", "blocks": [1], "width": 0.1, "stem": "ImageNet" }""", 33 },
        { """{ "family": "mobilenetv2", "width": 0.25 }""", 32 },
        { """{ "family": "mobilenetv2", "width": 0.25, "activation": "ReLU", "strides": [1, 1, 2, 2, 1, 2, 1] }""", 32 },
        { """{ "family": "mobilenetv2", "width": 0.1, "stem": "ImageNet", "classes": 100 }""", 64 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_described_network_computes_its_own_logits_and_costs_what_it_costs(string spec, int size)
    {
        using var network = TestGraphs.Network(spec);
        var images = Formula.Images("images", 3, size);
        var graph = network.ToGraph(size);
        using (no_grad()) Close.AssertRelative(network.call(images), TestGraphs.Logits(graph, images), 1e-6, "logits");

        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), ModelCost.Of(graph).Parameters);
        Assert.Equal([network.Classes], graph.Shapes[graph.Output.Name]);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_shapes_are_those_of_the_results(string spec, int size)
    {
        var graph = TestGraphs.WithNorms(spec, size);
        using var module = new GraphModule(graph);
        using var inference = new InferenceScope(module);
        var shapes = new Dictionary<string, int[]>();
        module.Run(Formula.Images("images", 2, size), (name, value) => shapes[name] = [.. value.shape[1..].Select(side => (int)side)]);
        Assert.Equal(graph.Nodes.Select(node => node.Name), shapes.Keys);
        Assert.All(shapes, shape => Assert.Equal(graph.Shapes[shape.Key], shape.Value));
    }

    [Fact]
    public void Layers_have_torchvisions_names()
    {
        var resNet = TestGraphs.WithNorms(TestGraphs.ResNet);
        Assert.Equal(
            ["conv1", "layer1.0.conv1", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.conv2", "layer2.0.downsample.0", "fc"],
            resNet.Layers.Select(layer => layer.Name));
        using var network = TestGraphs.Network(TestGraphs.MobileNet);
        var weights = network.state_dict().Where(entry => entry.Value.dim() > 1).Select(entry => entry.Key);
        Assert.Equal(weights, network.ToGraph(32).Layers.Select(layer => layer.Name + ".weight"));
    }

    [Fact]
    public void Images_that_are_too_small_are_refused()
    {
        using var network = TestGraphs.Network("""{ "family": "resnet", "blocks": [1], "width": 0.1, "pooled": true }""");
        Assert.Contains("'layer1.0.pool'", Assert.Throws<ArgumentException>(() => network.ToGraph(1)).Message);
    }
}
