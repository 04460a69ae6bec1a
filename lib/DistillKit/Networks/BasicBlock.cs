using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// The residual block of ResNet-18 and 34: two 3x3 convolutions. Stride and a change of channels put a 1x1 convolution on the shortcut.
/// </summary>
public sealed class BasicBlock : nn.Module<Tensor, Tensor>, IResidualBlock, IDescribable
{
    private readonly Convolution conv1;
    private readonly BatchNorm bn1;
    private readonly Convolution conv2;
    private readonly BatchNorm bn2;
    private readonly ConvolutionNormActivation? downsample;

    /// <summary>Makes the block; <paramref name="zeroInit"/> makes it start as the identity.</summary>
    public BasicBlock(int inputs, int outputs, int stride = 1, bool zeroInit = false) : base(nameof(BasicBlock))
    {
        conv1 = new(inputs, outputs, kernel: 3, stride);
        bn1 = new(outputs);
        conv2 = new(outputs, outputs, kernel: 3);
        bn2 = new(outputs, zeroInit);
        if (stride != 1 || inputs != outputs) downsample = new(inputs, outputs, kernel: 1, Activation.None, stride);
        RegisterComponents();
    }

    bool IResidualBlock.CanBeSkipped => downsample is null;

    bool IResidualBlock.IsSkipped { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (((IResidualBlock)this).IsSkipped) return input.alias();
        using var scope = NewDisposeScope();
        var residual = bn1.call(conv1.call(input)).relu_();
        residual = bn2.call(conv2.call(residual));
        return residual.add_(downsample?.call(input) ?? input, Number.One).relu_().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var residual = conv1.Describe(builder, $"{name}.conv1", input);
        residual = builder.Activation($"{name}.relu1", bn1.Describe(builder, $"{name}.bn1", residual), Activation.ReLU);
        residual = bn2.Describe(builder, $"{name}.bn2", conv2.Describe(builder, $"{name}.conv2", residual));
        return IResidualBlock.Describe(builder, name, residual, input, downsample);
    }
}
