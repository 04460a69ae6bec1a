namespace DistillKit.Graphs;

/// <summary>An operation with one result, which has the node's name. A feature map has the shape [N, C, H, W], a vector [N, C].</summary>
/// <param name="Name">The name of the node and of its result, unique in the graph.</param>
public abstract record Node(string Name)
{
    /// <summary>The names of the results that it takes.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>The same operation on other results.</summary>
    internal abstract Node Rewire(Func<string, string> name);
}

/// <summary>An operation on one result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">What it takes.</param>
public abstract record UnaryNode(string Name, string Input) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    internal override Node Rewire(Func<string, string> name) => this with { Input = name(Input) };
}

/// <summary>The images.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Channels">C.</param>
/// <param name="Size">Height and width.</param>
public sealed record InputNode(string Name, int Channels, int Size) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [];

    internal override Node Rewire(Func<string, string> name) => this;
}

/// <summary>An operation with a weight: a convolution or a linear layer. These are the layers that a quantization plan names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">What it takes.</param>
/// <param name="Weight">Its first dimension is the output channels.</param>
/// <param name="Bias">One number for each output channel; null for none.</param>
public abstract record WeightedNode(string Name, string Input, Constant Weight, Constant? Bias) : UnaryNode(Name, Input)
{
    /// <summary>How the weight is rounded; null where it is not. The weight itself stays float32, so that it can still be trained.</summary>
    public QuantizationParameters? WeightQuantization { get; init; }
}

/// <summary>A 2-D convolution.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">[N, C, H, W].</param>
/// <param name="Weight">[outputs, C / groups, kernel, kernel].</param>
/// <param name="Bias">[outputs].</param>
/// <param name="Stride">The step in pixels.</param>
/// <param name="Padding">Zeros on each side, in pixels.</param>
/// <param name="Groups">The number of groups of channels that do not see each other.</param>
public sealed record ConvolutionNode(string Name, string Input, Constant Weight, Constant? Bias, int Stride, int Padding, int Groups)
    : WeightedNode(Name, Input, Weight, Bias)
{
    /// <summary>The side of the square kernel.</summary>
    public int Kernel => Weight.Shape[2];

    /// <summary>Each channel is convolved alone.</summary>
    public bool IsDepthwise => Groups > 1 && Weight.Shape[1] == 1 && Groups == Weight.Channels;
}

/// <summary>A linear layer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">[N, C].</param>
/// <param name="Weight">[outputs, C].</param>
/// <param name="Bias">[outputs].</param>
public sealed record LinearNode(string Name, string Input, Constant Weight, Constant? Bias) : WeightedNode(Name, Input, Weight, Bias);

/// <summary>Batch normalization with learned scale and shift: <c>(x - mean) / sqrt(variance + epsilon) * scale + shift</c>, for each channel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">[N, C, H, W].</param>
/// <param name="Scale">[C].</param>
/// <param name="Shift">[C].</param>
/// <param name="Mean">[C].</param>
/// <param name="Variance">[C].</param>
/// <param name="Epsilon">What is added to the variance before the root.</param>
public sealed record BatchNormNode(string Name, string Input, Constant Scale, Constant Shift, Constant Mean, Constant Variance, double Epsilon) : UnaryNode(Name, Input);

/// <summary>A nonlinearity.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">Any shape.</param>
/// <param name="Activation">Which.</param>
public sealed record ActivationNode(string Name, string Input, Activation Activation) : UnaryNode(Name, Input);

/// <summary>The sum of two results of one shape.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Left">A summand.</param>
/// <param name="Right">A summand.</param>
public sealed record AddNode(string Name, string Left, string Right) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    internal override Node Rewire(Func<string, string> name) => this with { Left = name(Left), Right = name(Right) };
}

/// <summary>The largest value of each window.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">[N, C, H, W].</param>
/// <param name="Kernel">The side of the window.</param>
/// <param name="Stride">Its step.</param>
/// <param name="Padding">Pixels on each side that never are the largest.</param>
public sealed record MaxPoolNode(string Name, string Input, int Kernel, int Stride, int Padding) : UnaryNode(Name, Input);

/// <summary>The mean of each channel: [N, C, H, W] to [N, C].</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">[N, C, H, W].</param>
public sealed record GlobalAveragePoolNode(string Name, string Input) : UnaryNode(Name, Input);

/// <summary>
/// Rounds its input to integers and turns these into real numbers again: in ONNX a QuantizeLinear and a DequantizeLinear. Whatever stands between two of
/// these can be computed in integers.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">Any shape.</param>
/// <param name="Parameters">Scale and zero point; null to take them from each batch's own range (dynamic quantization).</param>
public sealed record QuantizeNode(string Name, string Input, QuantizationParameters? Parameters) : UnaryNode(Name, Input);
