using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Quantization.PostTraining;
using DistillKit.Tests.Parity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.PostTraining;

public sealed class BiasCorrectionTests
{
    [Theory]
    [InlineData(Granularity.PerTensor)]
    [InlineData(Granularity.PerChannel)]
    public void The_logits_have_their_means_again(Granularity granularity)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork();
        var quantized = network.Quantized(4, granularity);
        var corrected = BiasCorrection.Apply(network.Graph, quantized, network.Images);

        var exact = network.Logits(network.Graph);
        Close.AssertRelative(exact.mean([0]), network.Logits(corrected).mean([0]), 1e-4, "means");
        Assert.True(Error(corrected) < Error(quantized));

        double Error(Graph graph) => network.Logits(graph).sub(exact).square().sum().item<float>();
    }

    [Fact]
    public void Nothing_but_biases_changes_and_progress_ends_at_one()
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork();
        var quantized = network.Quantized(8);
        var progress = new Shares();
        var corrected = BiasCorrection.Apply(network.Graph, quantized, network.Images, progress);
        Assert.Equal(quantized.Nodes.Select(node => node.Name), corrected.Nodes.Select(node => node.Name));
        Assert.Equal(quantized.Layers.Select(layer => layer.Weight), corrected.Layers.Select(layer => layer.Weight));
        Assert.Equal(1, progress.Last);
    }

    [Fact]
    public void Calibration_without_images_is_refused()
    {
        using var network = new SmallNetwork();
        using var none = new DeviceImages(new ImageSet([], [], ["cat"]), CPU, Cifar10.Normalization);
        Assert.Contains("images", Assert.Throws<UserException>(() => BiasCorrection.Apply(network.Graph, network.Graph, none)).Message);
    }

    private sealed class Shares : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value) => Last = value;
    }
}
