namespace DistillKit.Networks;

/// <summary>A residual block of ResNet: convolutions, each with a norm, and ReLU between them and after the sum. Stride and a change of
/// channels put a 1x1 convolution on the shortcut. The layers are named "conv1", "bn1", ..., and "downsample", as in torchvision.</summary>
public sealed class ResidualBlock : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly List<(Convolution Convolution, BatchNorm Norm)> layers = [];
    private readonly ConvolutionNormActivation? downsample;

    /// <summary>Makes the block of so many channels in; with <paramref name="zeroInit"/> it starts as the identity.</summary>
    public ResidualBlock(int inputs, bool zeroInit, params IReadOnlyList<(int Outputs, int Kernel, int Stride)> convolutions)
        : base(nameof(ResidualBlock))
    {
        var channels = inputs;
        foreach (var (outputs, kernel, stride) in convolutions)
        {
            layers.Add((new(channels, outputs, kernel, stride), new(outputs, zeroInit && layers.Count == convolutions.Count - 1)));
            register_module($"conv{layers.Count}", layers[^1].Convolution);
            register_module($"bn{layers.Count}", layers[^1].Norm);
            channels = outputs;
        }
        var step = convolutions.Max(convolution => convolution.Stride);
        if (step == 1 && inputs == channels) return;
        downsample = new(inputs, channels, kernel: 1, Activation.None, step);
        register_module(nameof(downsample), downsample);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var residual = input;
        foreach (var (index, (convolution, norm)) in layers.Index())
        {
            residual = norm.Activate(convolution.call(residual), index < layers.Count - 1 ? Activation.ReLU : Activation.None);
        }
        return residual.add_(downsample?.call(input) ?? input, Number.One).relu_().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var residual = input;
        foreach (var (index, (convolution, norm)) in layers.Index())
        {
            var number = index + 1;
            residual = norm.Describe(builder, $"{name}.bn{number}", convolution.Describe(builder, $"{name}.conv{number}", residual));
            if (number < layers.Count) residual = builder.Activation($"{name}.relu{number}", residual, Activation.ReLU);
        }
        input = downsample?.Describe(builder, $"{name}.{nameof(downsample)}", input) ?? input;
        return builder.Activation($"{name}.relu", builder.Add($"{name}.add", residual, input), Activation.ReLU);
    }
}
