using DistillKit.Graphs;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.Simulation;

public sealed class GraphModuleTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, string> Quantized => TestGraphs.WithEachNetwork(TestGraphs.Kinds);

    [Theory]
    [MemberData(nameof(Quantized))]
    public void A_module_gives_its_graph_back(string spec, string kind)
    {
        var graph = TestGraphs.Quantized(spec, kind).With(new Dictionary<string, string> { ["seed"] = "4" });
        using var module = new GraphModule(graph);
        var again = module.ToGraph(TestGraphs.Size);
        SameGraph.Assert(graph, again);
        Assert.Equal(graph.Metadata, again.Metadata);
    }

    [Theory]
    [InlineData(TestGraphs.ResNet)]
    [InlineData(TestGraphs.MobileNet)]
    public void A_module_with_norms_gives_them_back_too(string spec)
    {
        var graph = TestGraphs.WithNorms(spec);
        using var plain = new GraphModule(graph);
        SameGraph.Assert(graph, plain.ToGraph(TestGraphs.Size));
        var quantized = QuantizedWithNorms(spec);
        using var module = new GraphModule(quantized);
        SameGraph.Assert(quantized, module.ToGraph(TestGraphs.Size));
    }

    [Fact]
    public void The_graph_has_the_weights_that_training_has_changed()
    {
        var graph = TestGraphs.WithNorms(TestGraphs.ResNet);
        using var module = new GraphModule(graph);
        using (no_grad())
        {
            foreach (var parameter in module.parameters()) parameter.add_(1);
        }
        var changed = module.ToGraph(TestGraphs.Size);
        Assert.All(
            graph.Layers,
            layer => Assert.Equal(layer.Weight.Values.Select(value => value + 1), ((WeightedNode)changed[layer.Name]).Weight.Values));
        Assert.All(
            graph.Nodes.OfType<BatchNormalizationNode>(),
            norm => Assert.Equal(norm.Shift.Values.Select(value => value + 1), ((BatchNormalizationNode)changed[norm.Name]).Shift.Values));
    }

    public static TheoryData<string, RangeLearning> Learnings => TestGraphs.WithEachNetwork(Enum.GetValues<RangeLearning>());

    [Theory]
    [MemberData(nameof(Learnings))]
    public void Gradients_reach_every_weight(string spec, RangeLearning learning)
    {
        using var module = new GraphModule(QuantizedWithNorms(spec), new(learning, learning, FreezeNormsAt: 0.5));
        foreach (var progress in (double[])[0, 0.5])
        {
            module.Begin(progress);
            module.train();
            module.zero_grad();
            nn.functional.cross_entropy(module.call(Formula.Images("images", 10, TestGraphs.Size)), Formula.Labels(10)).backward();
            Assert.All(
                module.named_parameters(),
                entry => Assert.True(
                    entry.parameter.grad is { } gradient && gradient.abs().max().item<float>() is > 0 and < float.PositiveInfinity,
                    entry.name));
        }
    }

    [Theory]
    [MemberData(nameof(Quantized))]
    public void Watching_changes_nothing_and_sees_results_that_stay(string spec, string kind)
    {
        using var module = new GraphModule(TestGraphs.Quantized(spec, kind));
        using var inference = new InferenceScope(module);
        var images = Formula.Images("images", 2, TestGraphs.Size);
        var seen = new List<(string Name, Tensor Value, Tensor Copy)>();
        var logits = module.Run(
            images, (name, value) => seen.Add((name, value.alias().DetachFromDisposeScope(), value.clone().DetachFromDisposeScope())));
        Assert.Equal(0, logits.sub(module.call(images)).abs().max().item<float>());
        Assert.All(seen, result => Assert.True(result.Value.Equals(result.Copy), result.Name));
        Assert.Equal("images", seen[0].Name);
        Assert.True(seen[^1].Copy.Equals(logits));
        Assert.Equal(seen.Count, seen.Select(result => result.Name).Distinct().Count());
        foreach (var (_, value, copy) in seen)
        {
            value.Dispose();
            copy.Dispose();
        }
    }

    [Fact]
    public void The_images_stay_as_they_are()
    {
        var images = ChannelsLast.Of(Formula.Images("images", 2, 8));
        var copy = images.clone();
        Graph graph = new(
        [
            new InputNode("images", 3, 8), new ActivationNode("relu", "images", Activation.ReLU), new GlobalAveragePoolNode("mean", "relu"),
        ]);
        var expected = images.relu().mean([2L, 3L]);
        Close.Assert(expected, TestGraphs.Logits(graph, images), 1e-6, "result");
        Assert.True(images.Equals(copy));
    }

    [Fact]
    public void A_result_that_is_taken_twice_is_not_overwritten()
    {
        Graph graph = new([
            new InputNode("images", 3, 8), new MaxPoolNode("pool", "images", 2, 2, 0), new ActivationNode("relu", "pool", Activation.ReLU),
            new AddNode("add", "pool", "relu"),
            new AddNode("twice", "add", "add"), new GlobalAveragePoolNode("mean", "twice"),
        ]);
        var images = Formula.Images("images", 2, 8);
        var pooled = nn.functional.max_pool2d(images, 2);
        Close.Assert(pooled.add(pooled.relu()).mul(2).mean([2L, 3L]), TestGraphs.Logits(graph, images), 1e-6, "result");
    }

    [Fact]
    public void Nothing_but_the_logits_is_left_in_the_scope()
    {
        foreach (var kind in TestGraphs.Kinds)
        {
            using var module = new GraphModule(TestGraphs.Quantized(TestGraphs.ResNet, kind));
            var images = Formula.Images("images", 2, TestGraphs.Size);
            using var inner = NewDisposeScope();
            module.call(images);
            Assert.Equal(1, inner.DisposablesCount);
        }
    }

    private static Graph QuantizedWithNorms(string spec)
    {
        var graph = TestGraphs.WithNorms(spec);
        var ranges = Quantizer.CalibratedResults(graph, new()).ToDictionary(
            result => result.Key, result => QuantizationParameters.FromRange(-2, 4, result.Value));
        return Quantizer.Quantize(graph, new(), ranges);
    }
}
