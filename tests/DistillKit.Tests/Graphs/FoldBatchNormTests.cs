using DistillKit.Graphs;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Graphs;

public sealed class FoldBatchNormTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, int> Networks => DescriptionTests.Networks;

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_without_norms_computes_the_same_logits(string spec, int size)
    {
        var graph = TestGraphs.WithNorms(spec, size);
        var folded = FoldBatchNorm.Apply(graph);
        Assert.Empty(folded.Nodes.OfType<BatchNormalizationNode>());
        var images = Formula.Images("images", 2, size);
        Close.AssertRelative(TestGraphs.Logits(graph, images), TestGraphs.Logits(folded, images), 1e-5, "logits");
        // A norm that no convolution takes in becomes one.
        var remaining = graph.Nodes.Where(node => node is not BatchNormalizationNode).Select(node => node.Name);
        Assert.Equal(remaining, folded.Nodes.Select(node => node.Name).Where(name => graph[name] is not BatchNormalizationNode));
    }

    [Fact]
    public void A_norm_after_a_max_pool_becomes_a_depthwise_convolution()
    {
        var folded = TestGraphs.Folded("""{ "family": "resnet", "blocks": [1], "width": 0.125, "pooled": true }""");
        string[] first = ["images", "conv1", "relu", "layer1.0.0", "layer1.0.pool", "layer1.0.1", "layer1.0.2"];
        Assert.Equal(first, folded.Nodes.Take(first.Length).Select(node => node.Name));
        var convolution = Assert.IsType<ConvNode>(folded["layer1.0.1"]);
        Assert.True(convolution.IsDepthwise);
        Assert.Equal([8, 1, 1, 1], convolution.Weight.Shape);
        Assert.Null(((ConvNode)folded["layer1.0.0"]).Bias);
        Assert.DoesNotContain(folded.Nodes, node => node.Name.StartsWith("layer1.1.bn", StringComparison.Ordinal));
    }

    [Fact]
    public void A_channel_that_never_varied_becomes_a_constant()
    {
        var convolution = new ConvNode(
            "conv", "images", TestGraphs.Weight("conv", 4, 3, 3, 3), Bias: null, Stride: 1, Padding: 1, Groups: 1);
        var norm = Norm("bn", "conv");
        norm.Variance.Values[2] = 1e-20f;
        var folded = (ConvNode)FoldBatchNorm.Apply(new([new InputNode("images", 3, 8), convolution, norm]))["conv"];
        Assert.All(folded.Weight.Values.Chunk(27).Index(), filter => Assert.Equal(filter.Index == 2, filter.Item.All(value => value == 0)));
        Assert.Equal(norm.Shift.Values[2], folded.Bias!.Values[2]);
    }

    [Fact]
    public void A_convolution_that_something_else_takes_too_keeps_its_weight()
    {
        var convolution = new ConvNode(
            "conv", "images", TestGraphs.Weight("conv", 4, 3, 3, 3), TestGraphs.Weight("bias", 4), Stride: 1, Padding: 1, Groups: 1);
        var graph = new Graph(
        [
            new InputNode("images", 3, 8), convolution, Norm("bn", "conv"), new AddNode("add", "bn", "conv"),
            new GlobalAveragePoolNode("mean", "add"),
        ]);
        var folded = FoldBatchNorm.Apply(graph);
        Assert.Equal(convolution, folded["conv"]);
        Assert.True(((ConvNode)folded["bn"]).IsDepthwise);
        AssertSameResults(graph, folded);
    }

    [Fact]
    public void A_bias_goes_through_the_norm_and_two_norms_fold_one_after_the_other()
    {
        var convolution = new ConvNode(
            "conv", "images", TestGraphs.Weight("conv", 4, 3, 3, 3), TestGraphs.Weight("bias", 4), Stride: 2, Padding: 1, Groups: 1);
        var metadata = new Dictionary<string, string> { ["seed"] = "1" };
        var graph = new Graph(
        [
            new InputNode("images", 3, 8), convolution, Norm("bn", "conv"), new ActivationNode("relu", "bn", Activation.ReLU),
            Norm("late", "relu"), new GlobalAveragePoolNode("mean", "late"),
        ], metadata);
        var folded = FoldBatchNorm.Apply(graph);
        Assert.Equal(["images", "conv", "relu", "late", "mean"], folded.Nodes.Select(node => node.Name));
        Assert.Equal(metadata, folded.Metadata);
        AssertSameResults(graph, folded);
        SameGraph.Assert(folded, FoldBatchNorm.Apply(folded));
    }

    private static BatchNormalizationNode Norm(string name, string input)
    {
        var variance = new Constant([.. TestGraphs.Weight($"{name}.variance", 4).Values.Select(Math.Abs)], 4);
        return new(
            name, input, TestGraphs.Weight($"{name}.scale", 4), TestGraphs.Weight($"{name}.shift", 4), TestGraphs.Weight($"{name}.mean", 4),
            variance, 1e-3);
    }

    private static void AssertSameResults(Graph expected, Graph actual)
    {
        var images = Formula.Images("images", 3, 8);
        Close.AssertRelative(TestGraphs.Logits(expected, images), TestGraphs.Logits(actual, images), 1e-5, "results");
    }
}
