using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.Simulation;

/// <summary>How roundings and norms move while a quantized network trains.</summary>
public sealed class AwareModuleTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Tracked_ranges_follow_a_moving_average_until_they_are_frozen()
    {
        using var module = new GraphModule(Quantized(Small), new(FreezeRangesAt: 0.6));
        module.train();
        var (low, high) = (Low, High);
        for (var step = 0; step < 5; step++)
        {
            var images = Formula.Images($"images{step}", 4, 8).mul(1 + step);
            module.Begin(step / 5.0);
            module.call(images);
            var (minimum, maximum) = (images.min().item<float>(), images.max().item<float>());
            if (step < 3) (low, high) = (low + 0.05f * (minimum - low), high + 0.05f * (maximum - high));
            var expected = QuantizationParameters.FromRange(low, high, QuantizationScheme.Activations);
            var actual = RangeOf(module, "images");
            Assert.Equal(expected.Scales[0], actual.Scales[0], tolerance: 1e-5f * expected.Scales[0]);
            Assert.InRange(actual.ZeroPoints[0], expected.ZeroPoints[0] - 1, expected.ZeroPoints[0] + 1);
        }
    }

    [Fact]
    public void A_tracked_range_is_that_after_the_nonlinearity()
    {
        using var module = new GraphModule(Quantized(Small), new(FreezeNormsAt: 0));
        module.Begin(0);
        module.train();
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            using var frozen = no_grad();
            module.call(Formula.Images("images", 4, 8).mul(10));
        }
        var range = RangeOf(module, "relu6");
        Assert.Equal(0, range.ZeroPoints[0]);
        Assert.Equal(6f / 255, range.Scales[0], tolerance: 1e-4f);
    }

    [Theory]
    [InlineData(RangeLearning.Fixed)]
    [InlineData(RangeLearning.Tracked)]
    [InlineData(RangeLearning.Learned)]
    public void Evaluation_moves_nothing(RangeLearning learning)
    {
        using var module = new GraphModule(Quantized(Small), new(learning, learning));
        var before = module.ToGraph(8);
        module.eval();
        module.call(Formula.Images("images", 4, 8).mul(10));
        SameGraph.Assert(before, module.ToGraph(8));
    }

    [Theory]
    [InlineData(RangeLearning.Fixed, false, false)]
    [InlineData(RangeLearning.Tracked, true, true)]
    [InlineData(RangeLearning.Learned, true, true)]
    public void Training_moves_what_the_recipe_says(RangeLearning learning, bool activationsMove, bool weightsMove)
    {
        var graph = Quantized(Small);
        using var module = new GraphModule(graph, new(learning, learning));
        Descend(module, steps: 3);
        var trained = module.ToGraph(8);
        Assert.Equal(activationsMove, !RangeOf(module, "images").Equals(((QuantizeNode)graph["images.quantized"]).Parameters));
        foreach (var layer in graph.Layers)
        {
            var (before, after) = (layer.WeightQuantization!, ((WeightedNode)trained[layer.Name]).WeightQuantization!);
            Assert.Equal(weightsMove, !before.Equals(after));
            Assert.Equal((before.Scheme, before.Channels), (after.Scheme, after.Channels));
            Assert.False(layer.Weight.Values.AsSpan().SequenceEqual(((WeightedNode)trained[layer.Name]).Weight.Values));
        }
    }

    [Fact]
    public void Learned_steps_make_the_loss_smaller_than_it_was_with_a_bad_start()
    {
        // Steps ten times too large, and nothing else may learn.
        var graph = Quantized(Small);
        var coarse = graph.With(graph.Layers.ToDictionary(layer => layer.Name, Node (layer) =>
            layer with
            {
                WeightQuantization = layer.WeightQuantization! with
                {
                    Scheme = QuantizationScheme.Weights with { Bits = 4 },
                    Scales = [.. layer.WeightQuantization!.Scales.Select(scale => scale * 100)],
                },
            }));
        using var module = new GraphModule(coarse, new(RangeLearning.Learned, RangeLearning.Learned, FreezeNormsAt: 0));
        module.Begin(0);
        var steps = module.named_parameters()
            .Where(entry => entry.name.EndsWith("scale", StringComparison.Ordinal)).Select(entry => entry.parameter).ToList();
        Assert.Equal(3 + 4, steps.Count);
        var target = TestGraphs.Logits(Small, Formula.Images("images", 16, 8));
        using var optimizer = optim.Adam(steps, 0.01);
        var losses = new List<float>();
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            var loss = module.call(Formula.Images("images", 16, 8)).sub(target).square().mean();
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }
        Assert.InRange(losses[^1], 0, losses[0] / 3);
    }

    [Fact]
    public void Norms_follow_the_batches_until_they_are_frozen()
    {
        using var module = new GraphModule(Quantized(Small), new(FreezeNormsAt: 0.5));
        module.train();
        var means = new List<float>();
        foreach (var progress in (double[])[0, 0.25, 0.5, 0.75])
        {
            module.Begin(progress);
            module.call(Formula.Images($"images{progress}", 8, 8).add(1));
            means.Add(module.state_dict()["bn1.norm.running_mean"].sum().item<float>());
        }
        Assert.NotEqual(means[0], means[1]);
        Assert.Equal(means[1], means[2]);
        Assert.Equal(means[1], means[3]);
    }

    [Theory]
    [InlineData(RangeLearning.Tracked)]
    [InlineData(RangeLearning.Fixed)]
    [InlineData(RangeLearning.Learned)]
    public void A_frozen_layer_computes_in_training_what_it_computes_deployed(RangeLearning weights)
    {
        using var module = new GraphModule(Quantized(Small), new(RangeLearning.Fixed, weights, FreezeNormsAt: 0.5));
        var images = Formula.Images("images", 4, 8);
        Descend(module, steps: 2);
        module.Begin(0.5);
        module.train();
        var training = module.call(images);
        module.eval();
        Close.Assert(training, module.call(images), 0, "logits");
        module.Begin(0.25);
        Close.Assert(training, module.call(images), 0, "logits in evaluation, whatever the norms do in training");
        module.train();
        Assert.True(training.sub(module.call(images)).abs().max().item<float>() > 1e-3f);
    }

    public static TheoryData<string, RangeLearning> Learnings => GraphModuleTests.Learnings;

    [Theory]
    [MemberData(nameof(Learnings))]
    public void What_was_trained_is_what_is_deployed(string spec, RangeLearning learning)
    {
        var graph = TestGraphs.WithNorms(spec);
        var plan = TestGraphs.Plan("static", graph);
        using var images = TestGraphs.Images(32);
        using var module = new GraphModule(Quantizer.Quantize(graph, plan, Calibration.Run(graph, plan, images)), new(learning, learning));
        var batch = images.Take([.. Enumerable.Range(0, 32)]);
        using var optimizer = optim.SGD(module.parameters(), 0.003);
        module.train();
        foreach (var progress in (double[])[0, 0.3, 0.6])
        {
            using var inner = NewDisposeScope();
            module.Begin(progress);
            optimizer.zero_grad();
            nn.functional.cross_entropy(module.call(batch.Images), batch.Labels).backward();
            optimizer.step();
        }

        var deployed = OnnxFile.FromBytes(OnnxFile.ToBytes(Quantizer.FitBiases(FoldBatchNorm.Apply(module.ToGraph(TestGraphs.Size)))));
        using var inference = new InferenceScope(module);
        var expected = module.call(batch.Images);
        // Folding rounds a weight in float32 that was rounded in another order: now and then to the next integer.
        var difference = expected.sub(TestGraphs.Logits(deployed, batch.Images)).abs().mean().item<float>();
        Assert.InRange(difference / expected.sub(expected.mean([0L], keepdim: true)).square().mean().sqrt().item<float>(), 0, 0.03);
    }

    [Theory]
    [InlineData(-0.1, 0.5, "freezeRangesAt")]
    [InlineData(0.5, 1.1, "freezeNormsAt")]
    [InlineData(double.NaN, 0.5, "freezeRangesAt")]
    public void Shares_of_the_training_are_from_0_to_1(double ranges, double norms, string field) =>
        Assert.Contains(
            $"{field} must be from 0 to 1",
            Assert.Throws<UserException>(new AwareRecipe(FreezeRangesAt: ranges, FreezeNormsAt: norms).Validate).Message);

    private const float Low = -1;
    private const float High = 3;

    private static readonly Graph Small = new(
    [
        new InputNode("images", 3, 8),
        new ConvNode("conv1", "images", TestGraphs.Weight("conv1", 6, 3, 3, 3), Bias: null, Stride: 1, Padding: 1, Groups: 1),
        Norm("bn1", "conv1"), new ActivationNode("relu6", "bn1", Activation.ReLU6),
        new ConvNode("conv2", "relu6", TestGraphs.Weight("conv2", 6, 1, 3, 3), Bias: null, Stride: 2, Padding: 1, Groups: 6),
        Norm("bn2", "conv2"),
        new GlobalAveragePoolNode("mean", "bn2"),
        new GemmNode("fc", "mean", TestGraphs.Weight("fc", 10, 6), TestGraphs.Weight("fc.bias", 10)),
    ]);

    private static BatchNormalizationNode Norm(string name, string input)
    {
        var ones = new Constant([1, 1, 1, 1, 1, 1], 6);
        return new(name, input, ones, TestGraphs.Weight($"{name}.shift", 6), TestGraphs.Weight($"{name}.mean", 6), ones, 1e-5);
    }

    private static Graph Quantized(Graph graph)
    {
        var plan = new QuantizationPlan();
        return Quantizer.Quantize(
            graph, plan, Quantizer.CalibratedResults(graph, plan).ToDictionary(
                result => result.Key, result => QuantizationParameters.FromRange(Low, High, result.Value)));
    }

    private static QuantizationParameters RangeOf(GraphModule module, string result) =>
        ((QuantizeNode)module.ToGraph(8)[$"{result}.quantized"]).Parameters!;

    private static void Descend(GraphModule module, int steps)
    {
        using var optimizer = optim.SGD(module.parameters(), 0.05);
        module.train();
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(module.call(Formula.Images($"images{step}", 10, 8)), Formula.Labels(10)).backward();
            optimizer.step();
        }
    }
}
