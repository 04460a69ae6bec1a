namespace DistillKit.Graphs;

/// <summary>An operation with one result, which has the node's name, unique in its graph. A feature map has the shape [N, C, H, W], a
/// vector [N, C]. Operators have ONNX's names; kernels and windows are square, strides and paddings (on each side) are in pixels.</summary>
public abstract record Node(string Name)
{
    /// <summary>The names of the results that it takes.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>The same operation on other results.</summary>
    internal abstract Node Rewire(Func<string, string> name);
}

/// <summary>An operation on one result.</summary>
public abstract record UnaryNode(string Name, string Input) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    internal override Node Rewire(Func<string, string> name) => this with { Input = name(Input) };
}

/// <summary>The images, [N, <paramref name="Channels"/>, <paramref name="Size"/>, <paramref name="Size"/>].</summary>
public sealed record InputNode(string Name, int Channels, int Size) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [];

    internal override Node Rewire(Func<string, string> name) => this;
}

/// <summary>A convolution or a linear layer, the layers that a quantization plan names: a weight with the output channels as its first
/// dimension, and a number for each of them, or no bias.</summary>
public abstract record WeightedNode(string Name, string Input, Constant Weight, Constant? Bias) : UnaryNode(Name, Input)
{
    /// <summary>How the weight is rounded; null where it is not. The weight itself stays float32, so that it can be trained.</summary>
    public QuantizationParameters? WeightQuantization { get; init; }
}

/// <summary>A 2-D convolution of each group of channels: weight [outputs, C / groups, kernel, kernel], bias [outputs].</summary>
public sealed record ConvNode(string Name, string Input, Constant Weight, Constant? Bias, int Stride, int Padding, int Groups)
    : WeightedNode(Name, Input, Weight, Bias)
{
    /// <summary>The side of the kernel.</summary>
    public int Kernel => Weight.Shape[2];

    /// <summary>Each channel is convolved alone.</summary>
    public bool IsDepthwise => Groups > 1 && Weight.Shape[1] == 1 && Groups == Weight.Channels;
}

/// <summary>A linear layer on a vector, ONNX's Gemm with a transposed weight: weight [outputs, C], bias [outputs].</summary>
public sealed record GemmNode(string Name, string Input, Constant Weight, Constant? Bias) : WeightedNode(Name, Input, Weight, Bias);

/// <summary>Batch normalization of a feature map: <c>(x - mean) / sqrt(variance + epsilon) * scale + shift</c>; constants [C].</summary>
public sealed record BatchNormalizationNode(
    string Name, string Input, Constant Scale, Constant Shift, Constant Mean, Constant Variance, double Epsilon) : UnaryNode(Name, Input);

/// <summary>A nonlinearity: ONNX's Relu or Clip.</summary>
public sealed record ActivationNode(string Name, string Input, Activation Activation) : UnaryNode(Name, Input);

/// <summary>The sum of two results of one shape.</summary>
public sealed record AddNode(string Name, string Left, string Right) : Node(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Left, Right];

    internal override Node Rewire(Func<string, string> name) => this with { Left = name(Left), Right = name(Right) };
}

/// <summary>The largest value of each window of a feature map; padding does not count.</summary>
public sealed record MaxPoolNode(string Name, string Input, int Kernel, int Stride, int Padding) : UnaryNode(Name, Input);

/// <summary>The mean of each channel, [N, C, H, W] to [N, C]: ONNX's GlobalAveragePool and Flatten.</summary>
public sealed record GlobalAveragePoolNode(string Name, string Input) : UnaryNode(Name, Input);

/// <summary>Rounds its input to integers and turns these into real numbers again: ONNX's QuantizeLinear and DequantizeLinear. Whatever
/// stands between two of these can be computed in integers.</summary>
/// <param name="Parameters">Scale and zero point; null to take them from each batch's own range (ONNX's DynamicQuantizeLinear).</param>
public sealed record QuantizeNode(string Name, string Input, QuantizationParameters? Parameters) : UnaryNode(Name, Input);
