using DistillKit.Graphs;
using DistillKit.Quantization.Plans;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.Plans;

/// <summary>What a plan rounds.</summary>
public sealed class PlacementTests : IDisposable
{
    private static readonly QuantizationPlan Static = new();

    /// <summary>A residual block, a max pool, a convolution without a nonlinearity, and the head.</summary>
    private static readonly Graph Normed = new(
    [
        new InputNode("images", 3, 8),
        Convolution("conv1", "images", 3), Norm("bn1", "conv1"), new ActivationNode("relu1", "bn1", Activation.ReLU),
        Convolution("conv2", "relu1", 4), Norm("bn2", "conv2"),
        new AddNode("add", "bn2", "relu1"), new ActivationNode("relu2", "add", Activation.ReLU6),
        new MaxPoolNode("pool", "relu2", 3, 2, 1),
        Convolution("conv3", "pool", 4), Norm("bn3", "conv3"),
        new GlobalAveragePoolNode("mean", "bn3"),
        new GemmNode("fc", "mean", TestGraphs.Weight("fc", 10, 4), TestGraphs.Weight("fc.bias", 10)),
    ]);

    private static readonly Graph Folded = FoldBatchNorm.Apply(Normed);

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_static_plan_rounds_what_integer_layers_take_and_make_but_not_the_logits()
    {
        Assert.Equal(["images", "relu1", "conv2", "relu2", "pool", "conv3", "mean"], Rounded(Folded, Static));
        Assert.All(
            Quantize(Folded, Static).Layers,
            layer => Assert.Equal((8, true, true, layer.Weight.Channels), Type(layer.WeightQuantization!)));
    }

    [Fact]
    public void The_same_results_are_rounded_before_and_after_folding()
    {
        Assert.Equal(Rounded(Folded, Static), Rounded(Normed, Static).Select(name => name.Replace("bn", "conv")));
        Assert.Equal(
            Quantizer.CalibratedResults(Folded, Static),
            Quantizer.CalibratedResults(Normed, Static).ToDictionary(result => result.Key.Replace("bn", "conv"), result => result.Value));
    }

    [Fact]
    public void Quantizing_and_folding_commute()
    {
        var images = Formula.Images("images", 4, 8);
        var foldedFirst = Quantize(Folded, Static);
        var foldedLast = FoldBatchNorm.Apply(Quantize(Normed, Static));
        Assert.Equal(
            foldedFirst.Layers.Select(layer => layer.WeightQuantization), foldedLast.Layers.Select(layer => layer.WeightQuantization));
        Close.Assert(TestGraphs.Logits(foldedFirst, images), TestGraphs.Logits(foldedLast, images), 0, "logits");
    }

    [Fact]
    public void A_max_pool_keeps_the_range_of_what_it_takes()
    {
        Assert.DoesNotContain("pool", Quantizer.CalibratedResults(Folded, Static).Keys);
        var quantized = Quantize(Folded, Static);
        Assert.Equal(Parameters(quantized, "relu2"), Parameters(quantized, "pool"));
        // Also the second of two in a row.
        Graph pools = new([
            new InputNode("images", 3, 8), Convolution("conv1", "images", 3), new MaxPoolNode("one", "conv1", 2, 2, 0),
            new MaxPoolNode("two", "one", 2, 2, 0), Convolution("conv2", "two", 4),
            new GlobalAveragePoolNode("mean", "conv2"), new GemmNode("fc", "mean", TestGraphs.Weight("fc", 10, 4), Bias: null),
        ]);
        Assert.Equal(["images", "conv1", "conv2", "mean"], Quantizer.CalibratedResults(pools, Static).Keys);
        var both = Quantize(pools, Static);
        Assert.All((string[])["one", "two"], pool => Assert.Equal(Parameters(both, "conv1"), Parameters(both, pool)));
    }

    [Fact]
    public void A_pool_with_a_nonlinearity_after_it_has_a_range_of_its_own() // as in ResNet's pooled stem, where the norm is between them
    {
        Graph graph = new([
            new InputNode("images", 3, 8), Convolution("conv", "images", 3), new MaxPoolNode("pool", "conv", 2, 2, 0),
            new ActivationNode("relu", "pool", Activation.ReLU), Convolution("next", "relu", 4),
            new GlobalAveragePoolNode("mean", "next"), new GemmNode("fc", "mean", TestGraphs.Weight("fc", 10, 4), Bias: null),
        ]);
        Assert.Equal(["images", "conv", "relu", "next", "mean"], Quantizer.CalibratedResults(graph, Static).Keys);
    }

    [Fact]
    public void A_dynamic_plan_rounds_what_layers_take_each_once()
    {
        var plan = Static with { Strategy = LayerStrategy.Dynamic };
        Graph graph = new(
        [
            .. Folded.Nodes.Take(3), Convolution("also", "relu1", 4),
            .. Folded.Nodes.Skip(3).Select(node => node.Name == "add" ? new AddNode("add", "conv2", "also") : node),
        ]);
        var quantized = Quantize(graph, plan);
        Assert.Empty(Quantizer.CalibratedResults(graph, plan));
        var roundings = quantized.Nodes.OfType<QuantizeNode>().ToList();
        Assert.Equal(["images.dynamic", "relu1.dynamic", "pool.dynamic", "mean.dynamic"], roundings.Select(node => node.Name));
        Assert.All(roundings, node => Assert.Null(node.Parameters));
        Assert.Equal(["also", "conv2"], quantized.ConsumersOf("relu1.dynamic").Select(node => node.Name));
        Assert.All(quantized.Layers, layer => Assert.NotNull(layer.WeightQuantization));
    }

    [Fact]
    public void A_weight_only_plan_rounds_weights_and_a_float_plan_nothing()
    {
        var weights = Quantize(Folded, Static with { Strategy = LayerStrategy.WeightOnly });
        Assert.Empty(weights.Nodes.OfType<QuantizeNode>());
        Assert.All(weights.Layers, layer => Assert.NotNull(layer.WeightQuantization));
        SameGraph.Assert(Folded, Quantize(Folded, Static with { Strategy = LayerStrategy.Float }));
    }

    [Theory]
    [InlineData("conv1", LayerStrategy.Float, "relu1 conv2 relu2 pool conv3 mean")]
    [InlineData("conv2", LayerStrategy.Float, "images relu1 pool conv3 mean")]
    [InlineData("conv3", LayerStrategy.Float, "images relu1 conv2 relu2 pool mean")]
    [InlineData("fc", LayerStrategy.Float, "images relu1 conv2 relu2 pool conv3 mean")]
    [InlineData("conv2", LayerStrategy.WeightOnly, "images relu1 pool conv3 mean")]
    [InlineData("conv3", LayerStrategy.Dynamic, "images relu1 conv2 relu2 pool mean")]
    public void A_mixed_plan_rounds_between_integer_layers_alone(string layer, LayerStrategy strategy, string rounded)
    {
        var plan = Static.With(layer, new(strategy));
        Assert.Equal(rounded.Split(' '), Rounded(Folded, plan));
        var quantized = Quantize(Folded, plan);
        Assert.Equal(strategy == LayerStrategy.Float, ((WeightedNode)quantized[layer]).WeightQuantization is null);
        Assert.Equal(strategy == LayerStrategy.Dynamic, quantized.Nodes.OfType<QuantizeNode>().Any(node => node.Parameters is null));
    }

    [Fact]
    public void A_layer_may_have_schemes_of_its_own()
    {
        var plan = Static.With("conv2", new(Weights: QuantizationScheme.Weights with { Bits = 3 }, Activations: new(5, IsSigned: true)));
        var quantized = Quantize(Folded, plan);
        Assert.Equal((3, true, true, 4), Type(((WeightedNode)quantized["conv2"]).WeightQuantization!));
        Assert.Equal((5, true, false, 1), Type(Parameters(quantized, "conv2")));
        Assert.Equal((8, true, true, 4), Type(((WeightedNode)quantized["conv3"]).WeightQuantization!));
        Assert.Equal((8, false, false, 1), Type(Parameters(quantized, "conv3")));
        // The scheme of a result belongs to the layer that makes it, norm and nonlinearity included.
        Assert.Equal(5, Parameters(Quantize(Normed, plan), "bn2").Scheme.Bits);
        Assert.Equal(5, Parameters(Quantize(Folded, Static.With("conv1", new(Activations: new(5)))), "relu1").Scheme.Bits);
    }

    [Fact]
    public void Everything_that_follows_takes_the_rounded_result()
    {
        var quantized = Quantize(Folded, Static);
        Assert.Equal(["conv2", "add"], quantized.ConsumersOf("relu1.quantized").Select(node => node.Name));
        Assert.Equal("relu1.quantized", Assert.Single(quantized.ConsumersOf("relu1")).Name);
        Assert.Equal(("conv2.quantized", "relu1.quantized"), quantized["add"] is AddNode add ? (add.Left, add.Right) : default);
    }

    [Fact]
    public void A_bias_that_does_not_fit_32_bits_makes_its_channels_scale_larger()
    {
        var bias = new Constant([0.1f, 5000, 0, 0], 4);
        var weight = new Constant([.. new float[108].Select((_, i) => i < 54 ? 1e-6f : 1)], 4, 3, 3, 3);
        var first = (ConvNode)Folded["conv1"] with { Bias = bias, Weight = weight };
        var graph = Folded.With(new Dictionary<string, Node> { [first.Name] = first });
        var expected = QuantizationParameters.ForWeight(weight, QuantizationScheme.Weights).Scales;
        var actual = ((WeightedNode)Quantize(graph, Static)["conv1"]).WeightQuantization!.Scales;
        Assert.Equal([expected[0], expected[2], expected[3]], [actual[0], actual[2], actual[3]]);
        Assert.True(actual[1] > expected[1]);
        BiasQuantization.Quantize(bias.Values, Parameters(Quantize(graph, Static), "images").Scales[0], actual);
    }

    private static ConvNode Convolution(string name, string input, int inputs) =>
        new(name, input, TestGraphs.Weight(name, 4, inputs, 3, 3), Bias: null, Stride: 1, Padding: 1, Groups: 1);

    private static BatchNormalizationNode Norm(string name, string input) => new(
        name, input, TestGraphs.Weight($"{name}.scale", 4), TestGraphs.Weight($"{name}.shift", 4), TestGraphs.Weight($"{name}.mean", 4),
        new([0.5f, 1, 2, 3], 4), 1e-5);

    private static Graph Quantize(Graph graph, QuantizationPlan plan) => Quantizer.Quantize(
        graph, plan, Quantizer.CalibratedResults(graph, plan).ToDictionary(
            result => result.Key,
            result => QuantizationParameters.FromRange(-1.5f, 2 + 0.1f * result.Key.Replace("bn", "conv").Length, result.Value)));

    private static IEnumerable<string> Rounded(Graph graph, QuantizationPlan plan) =>
        Quantize(graph, plan).Nodes.OfType<QuantizeNode>().Where(node => node.Parameters is not null).Select(node => node.Input);

    private static QuantizationParameters Parameters(Graph graph, string name) => ((QuantizeNode)graph[$"{name}.quantized"]).Parameters!;

    private static (int, bool, bool, int) Type(QuantizationParameters parameters) =>
        (parameters.Scheme.Bits, parameters.Scheme.IsSigned, parameters.Scheme.IsSymmetric, parameters.Channels);
}
