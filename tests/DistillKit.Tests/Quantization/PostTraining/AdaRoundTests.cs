using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Quantization.PostTraining;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.PostTraining;

public sealed class AdaRoundTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public void Logits_come_closer_than_with_nearest_rounding_and_corrected_biases(int bits)
    {
        using var scope = NewDisposeScope();
        using var network = new SmallNetwork();
        var quantized = network.Quantized(bits);
        var rounded = AdaRound.Apply(network.Graph, quantized, network.Images);
        var nearest = BiasCorrection.Apply(network.Graph, quantized, network.Images);
        Assert.True(Ratio(rounded) > Ratio(nearest) + 1, $"{Ratio(rounded)} dB, nearest {Ratio(nearest)} dB");

        double Ratio(Graph graph)
        {
            var ratio = new SignalToNoise();
            ratio.Add(network.Logits(network.Graph), network.Logits(graph));
            return ratio.Decibels;
        }
    }

    [Fact]
    public void Weights_are_neighbours_of_the_exact_ones_among_the_integers()
    {
        using var network = new SmallNetwork();
        var rounded = AdaRound.Apply(network.Graph, network.Quantized(4), network.Images);
        foreach (var (layer, exact) in rounded.Layers.Zip(network.Graph.Layers))
        {
            var parameters = layer.WeightQuantization!;
            Assert.Equal(layer.Weight.Values, parameters.RoundTrip(layer.Weight.Values));
            for (var channel = 0; channel < layer.Weight.Channels; channel++)
            {
                foreach (var (one, other) in layer.Weight.Channel(channel).ToArray().Zip(exact.Weight.Channel(channel).ToArray()))
                    Assert.InRange(Math.Abs(one - other), 0, parameters.Scales[channel] * 1.0001);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_descent_ends_near_the_best_of_all_choices(ulong seed)
    {
        const int count = 9;
        var random = new SplitMix64(seed);
        double Number() => random.Unit() * 2 - 1;
        var parameters = new QuantizationParameters(QuantizationScheme.Weights with { Bits = 4 }, [0.1f], [0]);
        float[] exact = [.. Enumerable.Range(0, count).Select(_ => (float)(Number() * 0.65))];
        double[][] samples = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Range(0, count).Select(_ => Number() + 0.5).ToArray())];
        float[] covariance =
        [
            .. from row in Enumerable.Range(0, count)
               from column in Enumerable.Range(0, count)
               select (float)samples.Sum(sample => sample[row] * sample[column]),
        ];
        float[] pull = [.. Enumerable.Range(0, count).Select(
            column => (float)Enumerable.Range(0, count).Sum(row => (double)exact[row] * covariance[row * count + column]))];

        float[] nearest = parameters.RoundTrip(exact), found = [.. nearest];
        AdaRound.Descend(found, exact, parameters, 0, covariance, pull);
        var best = Enumerable.Range(0, 1 << count).Min(choice =>
            Error([.. exact.Select((value, i) => (float)(Math.Floor(value / 0.1f) + (choice >> i & 1)) * 0.1f)]));

        Assert.InRange(Error(found), best * 0.999, Error(nearest));
        Assert.InRange(Error(found), 0, 3 * best);
        Assert.Equal(found, parameters.RoundTrip(found));

        double Error(float[] rounded) =>
            samples.Sum(sample => Math.Pow(sample.Select((value, i) => value * (rounded[i] - exact[i])).Sum(), 2));
    }
}
