using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// The residual block of ResNet-50, 101 and 152: 1x1 down to the inner channels, 3x3, and 1x1 up to four times the inner channels.
/// The stride is in the 3x3, as in torchvision (ResNet v1.5). Stride and a change of channels put a 1x1 convolution on the shortcut.
/// </summary>
public sealed class Bottleneck : nn.Module<Tensor, Tensor>, IResidualBlock, IDescribable
{
    /// <summary>Channels out for each inner channel.</summary>
    public const int Expansion = 4;

    private readonly Convolution conv1;
    private readonly BatchNorm bn1;
    private readonly Convolution conv2;
    private readonly BatchNorm bn2;
    private readonly Convolution conv3;
    private readonly BatchNorm bn3;
    private readonly ConvolutionNormActivation? downsample;

    /// <summary>Makes the block; <paramref name="zeroInit"/> makes it start as the identity.</summary>
    public Bottleneck(int inputs, int inner, int stride = 1, bool zeroInit = false) : base(nameof(Bottleneck))
    {
        var outputs = inner * Expansion;
        conv1 = new(inputs, inner, kernel: 1);
        bn1 = new(inner);
        conv2 = new(inner, inner, kernel: 3, stride);
        bn2 = new(inner);
        conv3 = new(inner, outputs, kernel: 1);
        bn3 = new(outputs, zeroInit);
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
        residual = bn2.call(conv2.call(residual)).relu_();
        residual = bn3.call(conv3.call(residual));
        return residual.add_(downsample?.call(input) ?? input, Number.One).relu_().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var residual = conv1.Describe(builder, $"{name}.conv1", input);
        residual = builder.Activation($"{name}.relu1", bn1.Describe(builder, $"{name}.bn1", residual), Activation.ReLU);
        residual = conv2.Describe(builder, $"{name}.conv2", residual);
        residual = builder.Activation($"{name}.relu2", bn2.Describe(builder, $"{name}.bn2", residual), Activation.ReLU);
        residual = bn3.Describe(builder, $"{name}.bn3", conv3.Describe(builder, $"{name}.conv3", residual));
        return IResidualBlock.Describe(builder, name, residual, input, downsample);
    }
}
