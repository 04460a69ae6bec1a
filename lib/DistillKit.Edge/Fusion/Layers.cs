namespace DistillKit.Edge.Fusion;

/// <summary>One layer of the network in real numbers, and its result. Quantization is a layer that rounds to a grid.</summary>
internal abstract class Layer(string name, ValueShape shape, params Layer[] sources)
{
    public string Name { get; } = name;
    public ValueShape Shape { get; } = shape;
    public IReadOnlyList<Layer> Sources { get; } = sources;

    /// <summary>The first of the sources, for most layers the only one.</summary>
    public Layer Source => Sources[0];

    /// <summary>The layers that read this one and on which the output depends.</summary>
    public List<Layer> Consumers { get; } = [];

    /// <summary>About how many multiply-accumulates of a vector kernel an image takes as much time as.</summary>
    public virtual double Work => Sources.Sum(source => (double)source.Shape.Elements);
}

/// <summary>The network's input: planar float images.</summary>
internal sealed class InputLayer(string name, ValueShape shape) : Layer(name, shape);

/// <summary>The network's output: logits.</summary>
internal sealed class OutputLayer(string name, Layer source) : Layer(name, source.Shape, source);

/// <summary>QuantizeLinear and DequantizeLinear together: each value goes to the nearest of the grid.</summary>
internal sealed class QuantizeLinearLayer(string name, Layer source, QuantizationGrid grid) : Layer(name, source.Shape, source)
{
    public QuantizationGrid Grid { get; } = grid;
}

/// <summary>As <see cref="QuantizeLinearLayer"/>, with a grid that each image gets at run time from its own range.</summary>
internal sealed class DynamicQuantizeLinearLayer(string name, Layer source) : Layer(name, source.Shape, source);

/// <summary>Conv; or Gemm or MatMul, as a convolution whose kernel covers the whole image.</summary>
/// <param name="bias">One for each output; in double, so that 32-bit integer biases survive.</param>
internal sealed class ConvLayer(
    string name, Layer source, ValueShape shape, ConvolutionGeometry geometry, LayerWeights weights, double[] bias)
    : Layer(name, shape, source)
{
    public ConvolutionGeometry Geometry { get; } = geometry;
    public LayerWeights Weights { get; } = weights;
    public double[] Bias { get; } = bias;

    /// <summary>Other groups than those of depthwise convolutions have no vector kernel.</summary>
    public override double Work => (double)Geometry.MultiplyAccumulates * (Geometry.Groups > 1 && !Geometry.IsDepthwise ? 16 : 1);

    /// <summary>At most, in bytes: matrix kernels fill up their groups of inputs and vectors of outputs.</summary>
    public double PackedBytes => Geometry.Groups > 1 ? 0
        : (double)Geometry.KernelHeight * (Geometry.KernelWidth * Geometry.Inputs + 3L) * (Geometry.Outputs + 15L) * sizeof(float);
}

/// <summary>Add of two values of one shape.</summary>
internal sealed class AddLayer(string name, Layer first, Layer second) : Layer(name, first.Shape, first, second);

/// <summary>Add of a constant for each channel.</summary>
internal sealed class AddConstantLayer(string name, Layer source, float[] values) : Layer(name, source.Shape, source)
{
    public float[] Values { get; } = values;
}

/// <summary>Clip and Relu.</summary>
internal sealed class ClipLayer(string name, Layer source, float minimum, float maximum) : Layer(name, source.Shape, source)
{
    public float Minimum { get; } = minimum;
    public float Maximum { get; } = maximum;

    public float Apply(float value) => Math.Clamp(value, Minimum, Maximum);
}

/// <summary>MaxPool.</summary>
internal sealed class MaxPoolLayer(string name, Layer source, ValueShape shape, ConvolutionGeometry window) : Layer(name, shape, source)
{
    public ConvolutionGeometry Window { get; } = window;

    public override double Work =>
        4.0 * Shape.Elements * Math.Min(Window.KernelHeight, Window.Height) * Math.Min(Window.KernelWidth, Window.Width);
}

/// <summary>GlobalAveragePool.</summary>
internal sealed class GlobalAveragePoolLayer(string name, Layer source) : Layer(name, new(source.Shape.Channels, 1, 1), source);

/// <summary>Flatten: the same values under another shape.</summary>
internal sealed class FlattenLayer(string name, Layer source) : Layer(name, source.Shape with { IsFlat = true }, source);

/// <summary>The layers on which the output depends, in an order in which they can run: input first, output last.</summary>
internal sealed record Network(InputLayer Input, OutputLayer Output, IReadOnlyList<Layer> Layers)
{
    /// <summary>Far above what any network for this engine needs: some seconds for an image.</summary>
    private const double MostWork = 1L << 36;

    /// <summary>Packed weights may take so much, and this many times the file.</summary>
    private const double MostPackedBytes = 64 << 20, MostOfFile = 16;

    /// <summary>Drops what the output does not need, and fills in the consumers of each layer.</summary>
    /// <param name="all">In an order in which they can run.</param>
    public static Network Of(IReadOnlyList<Layer> all, InputLayer input, OutputLayer output)
    {
        var (needed, layers) = (new HashSet<Layer> { input, output }, new List<Layer>());
        foreach (var layer in all.Reverse().Where(needed.Contains))
        {
            layers.Add(layer);
            foreach (var source in layer.Sources)
            {
                needed.Add(source);
                source.Consumers.Add(layer);
            }
        }
        layers.Reverse();
        return new(input, output, layers);
    }

    /// <summary>Refuses what would keep the processor busy, or fill the memory, for a file of this length.</summary>
    public Network Checked(long fileBytes)
    {
        if (Layers.Sum(layer => layer.Work) is var work and > MostWork)
            throw new EdgeException($"The model needs about {work:0.#e0} operations for an image, more than the {MostWork:0.#e0} "
                + "this engine allows. Use smaller images, or run it with ONNX Runtime.");
        if (Layers.OfType<ConvLayer>().Sum(layer => layer.PackedBytes) is var bytes && bytes > MostPackedBytes + MostOfFile * fileBytes)
            throw new EdgeException($"The model's weights would take {bytes / (1 << 20):f0} MiB, far more than its file "
                + $"of {fileBytes >> 10} KiB: its layers have too few inputs or outputs for their windows. Run it with ONNX Runtime.");
        return this;
    }
}

/// <summary>The weights of a convolution or linear layer, ordered [output, input of the group, row, column]: s8 with a scale for each
/// output, or float. They stay slices of the file where they can.</summary>
internal sealed class LayerWeights(ReadOnlyMemory<byte> data, float[]? scales = null)
{
    /// <summary>The scale of each output's integers; null where the weights are float.</summary>
    public float[]? Scales => scales;

    public ReadOnlySpan<sbyte> Integers => MemoryMarshal.Cast<byte, sbyte>(data.Span);

    /// <summary>The real values, for a layer that runs in float.</summary>
    public ReadOnlySpan<float> Floats => scales is null ? MemoryMarshal.Cast<byte, float>(data.Span) : Dequantized(scales);

    /// <summary>The sum of the magnitudes of each output's integers: what bounds its accumulator.</summary>
    public long[] Magnitudes()
    {
        var integers = Integers;
        var sums = new long[Scales!.Length];
        var depth = integers.Length / sums.Length;
        for (var i = 0; i < integers.Length; i++)
            sums[i / depth] += Math.Abs((int)integers[i]);
        return sums;
    }

    private float[] Dequantized(float[] scales)
    {
        var integers = Integers;
        var floats = new float[integers.Length];
        var depth = integers.Length / scales.Length;
        for (var i = 0; i < floats.Length; i++)
            floats[i] = integers[i] * scales[i / depth];
        return floats;
    }
}

/// <summary>The layers after another that its operator does in passing: adding a constant, limits, rounding to a grid.</summary>
/// <param name="End">The last of them, whose value the operator makes.</param>
/// <param name="Constant">What to add for each channel; null for nothing.</param>
/// <param name="Grid">The grid to which the value is rounded; null where it stays float.</param>
internal sealed record Tail(Layer End, float[]? Constant, float Minimum, float Maximum, QuantizationGrid? Grid)
{
    /// <summary>Follows the only consumers of a layer as far as an operator could do their work.</summary>
    public static Tail Of(Layer core, bool canAddConstant = false)
    {
        var tail = new Tail(core, null, float.NegativeInfinity, float.PositiveInfinity, null);
        while (tail.Grid is null && tail.End.Consumers is [var next])
            if (next is AddConstantLayer { Values: var values } && canAddConstant && tail.End == core)
                tail = tail with { End = next, Constant = values };
            else if (next is ClipLayer clip)
                tail = tail with { End = next, Minimum = clip.Apply(tail.Minimum), Maximum = clip.Apply(tail.Maximum) };
            else if (next is FlattenLayer)
                tail = tail with { End = next };
            else if (next is QuantizeLinearLayer { Grid: var grid })
                tail = tail with { End = next, Grid = grid };
            else
                break;
        return tail;
    }

    /// <summary>The tail without rounding, for an operator whose result is float.</summary>
    public Tail Unrounded => Grid is null ? this : this with { End = End.Source, Grid = null };
}
