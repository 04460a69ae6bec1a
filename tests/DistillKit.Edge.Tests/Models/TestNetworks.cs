namespace DistillKit.Edge.Tests.Models;

/// <summary>Networks for tests and measurements.</summary>
internal static class TestNetworks
{
    /// <summary>A small network of random layers: residuals, strides, groups, odd channel counts, uneven pads.</summary>
    public static TestNetwork Random(int seed)
    {
        var random = new Random(seed);
        var network = new TestNetwork(random.Next(1, 5), random.Next(5, 15), random.Next(5, 15), seed);
        var layer = network.Convolution(-1, random.Next(1, 25), 3, random.Next(1, 3), RandomActivation(random));
        for (var depth = random.Next(1, 6); depth > 0; depth--)
            layer = RandomLayer(network, layer, random);
        layer = random.Next(4) == 0 ? layer : network.Average(layer);
        network.Linear(layer, random.Next(2, 12));
        return network;
    }

    /// <summary>MobileNetV2 for 32x32 images, with a stem of stride 1.</summary>
    /// <param name="width">The width multiplier, in eighths.</param>
    public static TestNetwork MobileNetV2(int width = 8, int classes = 10)
    {
        var network = new TestNetwork(3, 32, 32, 1);
        var layer = network.Convolution(-1, 32 * width / 8, 3, 1, ActivationFunction.Relu6);
        foreach (var (expansion, channels, blocks, stride) in ((int, int, int, int)[])
            [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)])
            for (var block = 0; block < blocks; block++)
                layer = InvertedResidual(network, layer, expansion, channels * width / 8, block == 0 ? stride : 1);
        layer = network.Convolution(layer, 1280, 1, 1, ActivationFunction.Relu6);
        network.Linear(network.Average(layer), classes);
        return network;
    }

    private static int InvertedResidual(TestNetwork network, int input, int expansion, int outputs, int stride)
    {
        var inputs = network.Shape(input).Channels;
        var hidden = inputs * expansion;
        var layer = expansion == 1 ? input : network.Convolution(input, hidden, 1, 1, ActivationFunction.Relu6);
        layer = network.Convolution(layer, hidden, 3, stride, ActivationFunction.Relu6, groups: hidden);
        layer = network.Convolution(layer, outputs, 1, 1, ActivationFunction.None);
        return stride == 1 && inputs == outputs ? network.Sum(input, layer, ActivationFunction.None) : layer;
    }

    private static int RandomLayer(TestNetwork network, int input, Random random)
    {
        var (channels, height, width) = network.Shape(input);
        var size = Math.Min(height, width);
        switch (random.Next(6))
        {
            case 0 when size >= 3:
                return network.MaxPool(input, random.Next(2, 4), random.Next(1, 3),
                    [random.Next(2), random.Next(2), random.Next(2), random.Next(2)]);
            case 1:
                return network.Convolution(input, channels, 3, random.Next(1, 3), RandomActivation(random), groups: channels);
            case 2:
                var branch = network.Convolution(input, channels, random.Next(2) * 2 + 1, 1, RandomActivation(random));
                return random.Next(2) == 0
                    ? network.Sum(branch, input, RandomActivation(random)) : network.Sum(input, branch, RandomActivation(random));
            case 3 when size >= 2:
                var groups = channels % 2 == 0 ? 2 : channels % 3 == 0 ? 3 : 1;
                return network.Convolution(input, groups * random.Next(1, 9), 3, 1, RandomActivation(random), groups,
                    [random.Next(3), random.Next(1, 3), random.Next(1, 3), random.Next(3)]);
            case 4 when size >= 3:
                return network.Convolution(input, random.Next(1, 40), 3, random.Next(1, 3), RandomActivation(random),
                    pads: [0, random.Next(2), random.Next(2), 0]);
            default:
                return network.Convolution(input, random.Next(1, 40), 1, 1, RandomActivation(random));
        }
    }

    private static ActivationFunction RandomActivation(Random random) => (ActivationFunction)random.Next(3);
}
