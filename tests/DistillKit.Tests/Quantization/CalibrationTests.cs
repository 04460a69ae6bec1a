using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Quantization;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization;

public sealed class CalibrationTests : IDisposable
{
    private static readonly QuantizationPlan Plan = new() { Observer = new(ObserverKind.MinMax) };

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void The_ranges_are_those_of_all_images()
    {
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        using var images = TestGraphs.Images(100);
        using var module = new GraphModule(graph);
        module.eval();
        var bounds = new Dictionary<string, (float Low, float High)>();
        var all = images.Take([.. Enumerable.Range(0, 100)]).Images;
        using (no_grad()) module.Run(all, (name, value) => bounds[name] = (value.min().item<float>(), value.max().item<float>()));

        var shares = new List<double>();
        var ranges = Calibration.Run(graph, Plan, images, new Reported(shares));
        Assert.Equal(Quantizer.CalibratedResults(graph, Plan).Keys.Order(), ranges.Keys.Order());
        Assert.All(ranges, range =>
        {
            var (low, high) = (Math.Min(bounds[range.Key].Low, 0), Math.Max(bounds[range.Key].High, 0));
            Assert.Equal((high - low) / 255, range.Value.Scales[0], tolerance: 1e-5f * (high - low));
        });
        Assert.Equal([0.5, 1], shares);
    }

    [Fact]
    public void Calibrating_before_or_after_folding_gives_the_same_ranges()
    {
        using var images = TestGraphs.Images(20);
        var normed = Calibration.Run(TestGraphs.WithNorms(TestGraphs.ResNet), Plan, images);
        var folded = Calibration.Run(TestGraphs.Folded(TestGraphs.ResNet), Plan, images);
        Assert.Equal(folded.Count, normed.Count);
        foreach (var (one, other) in folded.Values.Zip(normed.Values))
            Assert.Equal(one.Scales[0], other.Scales[0], tolerance: 1e-5f * one.Scales[0]);
    }

    [Fact]
    public void A_plan_without_static_layers_needs_no_ranges()
    {
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        using var images = TestGraphs.Images(4);
        foreach (var strategy in (LayerStrategy[])[LayerStrategy.Dynamic, LayerStrategy.WeightOnly, LayerStrategy.Float])
            Assert.Empty(Calibration.Run(graph, Plan with { Strategy = strategy }, images));
    }

    [Fact]
    public void No_images_are_refused_in_a_line()
    {
        using var images = new DeviceImages(new ImageSet([], [], SyntheticImages.ClassNames), CPU, Cifar10.Normalization);
        var message = Assert.Throws<UserException>(() => Calibration.Run(TestGraphs.Folded(TestGraphs.ResNet), Plan, images)).Message;
        Assert.Contains("Calibration needs images", message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused()
    {
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        var layer = (ConvNode)graph["conv1"];
        var bias = new Constant([.. Enumerable.Repeat(float.NaN, layer.Weight.Channels)], layer.Weight.Channels);
        var broken = graph.With(new Dictionary<string, Node> { ["conv1"] = layer with { Bias = bias } });
        using var images = TestGraphs.Images(4);
        Assert.Contains("not finite", Assert.Throws<UserException>(() => Calibration.Run(broken, Plan, images)).Message);
    }

    private sealed class Reported(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
