using DistillKit.Quantization.PostTraining;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.PostTraining;

public sealed class SignalToNoiseTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Decibels_are_the_formula_over_all_batches()
    {
        var ratio = new SignalToNoise();
        ratio.Add(tensor([3f, 0]), tensor([3f, 0.5f]));
        ratio.Add(tensor([4f]), tensor([4.5f]));
        Assert.Equal(10 * Math.Log10(25 / 0.5), ratio.Decibels, tolerance: 1e-6);
        ratio = new();
        ratio.Add(tensor([1f]), tensor([1f]));
        Assert.Equal(double.PositiveInfinity, ratio.Decibels);
    }

    [Fact]
    public void More_bits_have_a_better_ratio_in_every_layer()
    {
        using var network = new SmallNetwork();
        var coarse = SignalToNoise.OfResults(network.Graph, network.Quantized(4), network.Images);
        var fine = SignalToNoise.OfResults(network.Graph, network.Quantized(8), network.Images);
        Assert.Equal(coarse.Keys.Order(), fine.Keys.Order());
        Assert.Contains(network.Graph.Output.Name, fine.Keys);
        Assert.All(fine.Keys.Where(name => name != network.Graph.Input.Name), name => Assert.True(fine[name] > coarse[name], name));
    }

    [Fact]
    public void A_graph_has_no_noise_against_itself()
    {
        using var network = new SmallNetwork();
        Assert.All(
            SignalToNoise.OfResults(network.Graph, network.Graph, network.Images).Values,
            ratio => Assert.Equal(double.PositiveInfinity, ratio));
    }
}
