using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Fusion;

/// <summary>One step of the network in real numbers, and its result. Quantization is a step that rounds to a grid.</summary>
internal abstract class Layer(string name, Shape shape, params Layer[] sources)
{
    public string Name { get; } = name;
    public Shape Shape { get; } = shape;
    public IReadOnlyList<Layer> Sources { get; } = sources;

    /// <summary>The layers that read this one and on which the output depends.</summary>
    public List<Layer> Consumers { get; } = [];
}

/// <summary>The network's input: planar float images.</summary>
internal sealed class Images(string name, Shape shape) : Layer(name, shape);

/// <summary>QuantizeLinear and DequantizeLinear together: each value goes to the nearest of the grid.</summary>
internal sealed class Rounded(string name, Layer source, Grid grid) : Layer(name, source.Shape, source)
{
    public Grid Grid { get; } = grid;
}

/// <summary>DynamicQuantizeLinear: as <see cref="Rounded"/>, with a grid that each image gets at run time from its own range.</summary>
internal sealed class DynamicRounded(string name, Layer source) : Layer(name, source.Shape, source);

/// <summary>A convolution, or a linear layer as a convolution whose kernel covers the whole image.</summary>
/// <param name="bias">One for each output; in double, so that 32-bit integer biases survive.</param>
internal sealed class Convolve(string name, Layer source, Shape shape, ConvolutionGeometry geometry, Weights weights, double[] bias) : Layer(name, shape, source)
{
    public ConvolutionGeometry Geometry { get; } = geometry;
    public Weights Weights { get; } = weights;
    public double[] Bias { get; } = bias;
}

/// <summary>A constant for each channel is added.</summary>
internal sealed class Offset(string name, Layer source, float[] values) : Layer(name, source.Shape, source)
{
    public float[] Values { get; } = values;
}

/// <summary>Relu, ReLU6, Clip.</summary>
internal sealed class Bounded(string name, Layer source, float minimum, float maximum) : Layer(name, source.Shape, source)
{
    public float Minimum { get; } = minimum;
    public float Maximum { get; } = maximum;
}

/// <summary>The sum of two values of one shape.</summary>
internal sealed class Sum(string name, Layer first, Layer second) : Layer(name, first.Shape, first, second);

/// <summary>Max pooling.</summary>
internal sealed class Greatest(string name, Layer source, Shape shape, ConvolutionGeometry window) : Layer(name, shape, source)
{
    public ConvolutionGeometry Window { get; } = window;
}

/// <summary>Global average pooling.</summary>
internal sealed class Mean(string name, Layer source) : Layer(name, new(source.Shape.Channels, 1, 1), source);

/// <summary>Flatten: the same values under another shape.</summary>
internal sealed class Flat(string name, Layer source) : Layer(name, source.Shape with { IsFlat = true }, source);

/// <summary>The network's result.</summary>
internal sealed class Logits(string name, Layer source) : Layer(name, source.Shape, source);
