namespace DistillKit.Edge.Tests.Models;

internal enum ActivationFunction { None, Relu, Relu6 }

/// <summary>One layer of a test network; inputs are indices of earlier layers, -1 for the images.</summary>
internal abstract record TestLayer(int[] Inputs, int Channels, int Height, int Width);

internal sealed record TestConvolution(
    int Input, int Channels, int Height, int Width, float[] Weights, float[] Bias, int[] WeightShape, int Stride, int[] Pads, int Groups,
    ActivationFunction Activation) : TestLayer([Input], Channels, Height, Width);

internal sealed record TestSum(int First, int Second, int Channels, int Height, int Width, ActivationFunction Activation)
    : TestLayer([First, Second], Channels, Height, Width);

internal sealed record TestMaxPool(int Input, int Channels, int Height, int Width, int[] Kernel, int Stride, int[] Pads)
    : TestLayer([Input], Channels, Height, Width);

internal sealed record TestAverage(int Input, int Channels) : TestLayer([Input], Channels, 1, 1);

internal sealed record TestLinear(int Input, int Channels, float[] Weights, float[] Bias) : TestLayer([Input], Channels, 1, 1);

/// <summary>
/// A network in real numbers, from which files of every kind are written. Layers are added one after the other; weights are random.
/// </summary>
internal sealed class TestNetwork(int channels, int height, int width, int seed)
{
    public Random Random { get; } = new(seed);
    public int Channels { get; } = channels;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public List<TestLayer> Layers { get; } = [];

    public int Last => Layers.Count - 1;

    public (int Channels, int Height, int Width) Shape(int layer) =>
        layer < 0 ? (Channels, Height, Width) : (Layers[layer].Channels, Layers[layer].Height, Layers[layer].Width);

    public int Convolution(
        int input, int outputs, int kernel, int stride, ActivationFunction activation, int groups = 1, int[]? pads = null)
    {
        var (inputs, h, w) = Shape(input);
        pads ??= [kernel / 2, kernel / 2, kernel / 2, kernel / 2];
        int[] shape = [outputs, inputs / groups, kernel, kernel];
        var (outputHeight, outputWidth) = ((h + pads[0] + pads[2] - kernel) / stride + 1, (w + pads[1] + pads[3] - kernel) / stride + 1);
        return Add(new TestConvolution(input, outputs, outputHeight, outputWidth,
            Weights(outputs, shape[1] * kernel * kernel), Biases(outputs), shape, stride, pads, groups, activation));
    }

    public int Sum(int first, int second, ActivationFunction activation) =>
        Shape(first) is var (c, h, w) ? Add(new TestSum(first, second, c, h, w, activation)) : 0;

    public int MaxPool(int input, int kernel, int stride, int[] pads)
    {
        var (c, h, w) = Shape(input);
        var (height, width) = ((h + pads[0] + pads[2] - kernel) / stride + 1, (w + pads[1] + pads[3] - kernel) / stride + 1);
        return Add(new TestMaxPool(input, c, height, width, [kernel, kernel], stride, pads));
    }

    public int Average(int input) => Add(new TestAverage(input, Shape(input).Channels));

    public int Linear(int input, int outputs)
    {
        var (c, h, w) = Shape(input);
        return Add(new TestLinear(input, outputs, Weights(outputs, c * h * w), Biases(outputs)));
    }

    public float[] Images(int count) => [.. Enumerable.Range(0, count * Channels * Height * Width).Select(_ => Normal())];

    private int Add(TestLayer layer)
    {
        Layers.Add(layer);
        return Last;
    }

    private float[] Weights(int outputs, int depth)
    {
        var deviation = MathF.Sqrt(2f / depth);
        var weights = new float[outputs * depth];
        for (var output = 0; output < outputs; output++)
            for (var (i, spread) = (0, deviation * (0.5f + Random.NextSingle())); i < depth; i++)
                weights[output * depth + i] = spread * Normal();
        return weights;
    }

    private float[] Biases(int outputs) => [.. Enumerable.Range(0, outputs).Select(_ => 0.1f * Normal())];

    private float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - Random.NextDouble())) * Math.Cos(2 * Math.PI * Random.NextDouble()));
}
