namespace DistillKit.Networks;

/// <summary>MobileNetV2's block: 1x1 up (not for expansion 1), 3x3 depthwise, linear 1x1 down; plus the input if shapes stay.</summary>
public sealed class InvertedResidual : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly SequentialBlocks conv;
    private readonly bool addsInput;

    /// <summary>Makes the block; <paramref name="zeroInit"/> makes one that adds its input start as the identity.</summary>
    public InvertedResidual(int inputs, int outputs, int stride, int expansion, Activation activation, bool zeroInit = false)
        : base(nameof(InvertedResidual))
    {
        addsInput = stride == 1 && inputs == outputs;
        var inner = inputs * expansion;
        var projection = new Convolution(inner, outputs, kernel: 1);
        var depthwise = new ConvolutionNormActivation(inner, inner, kernel: 3, activation, stride, groups: inner, projection);
        List<nn.Module<Tensor, Tensor>> layers =
        [
            depthwise,
            projection,
            new BatchNorm(outputs, zeroInit && addsInput),
        ];
        if (expansion != 1)
            layers.Insert(0, new ConvolutionNormActivation(inputs, inner, kernel: 1, activation, next: depthwise.Convolution));
        conv = new(layers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var output = conv.call(input);
        return addsInput ? output.add_(input, Number.One) : output;
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var output = conv.Describe(builder, $"{name}.conv", input);
        return addsInput ? builder.Add($"{name}.add", output, input) : output;
    }
}
