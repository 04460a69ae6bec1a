using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>A block that may add its input to its output.</summary>
public interface IResidualBlock
{
    /// <summary>Whether the block changes neither resolution nor channels, so that the network works without it.</summary>
    public bool CanBeSkipped { get; }

    /// <summary>Whether the block now passes its input on and does nothing else.</summary>
    public bool IsSkipped { get; set; }
}

/// <summary>
/// A residual block of ResNet: convolutions, each with a norm, and ReLU between them and after the sum. Stride and a change of channels put
/// a 1x1 convolution on the shortcut. The layers are named "conv1", "bn1", ..., and "downsample", as in torchvision.
/// </summary>
public abstract class ResidualBlock : nn.Module<Tensor, Tensor>, IResidualBlock, IDescribable
{
    private readonly List<(Convolution Convolution, BatchNorm Norm)> layers = [];
    private readonly ConvolutionNormActivation? downsample;

    private protected ResidualBlock(string name, int inputs, bool zeroInit, params (int Outputs, int Kernel, int Stride)[] convolutions)
        : base(name)
    {
        var channels = inputs;
        foreach (var (outputs, kernel, stride) in convolutions)
        {
            var number = layers.Count + 1;
            layers.Add((new(channels, outputs, kernel, stride), new(outputs, zeroInit && number == convolutions.Length)));
            register_module($"conv{number}", layers[^1].Convolution);
            register_module($"bn{number}", layers[^1].Norm);
            channels = outputs;
        }
        var step = convolutions.Max(convolution => convolution.Stride);
        if (step == 1 && inputs == channels) return;
        downsample = new(inputs, channels, kernel: 1, Activation.None, step);
        register_module(nameof(downsample), downsample);
    }

    /// <inheritdoc/>
    public bool CanBeSkipped => downsample is null;

    /// <inheritdoc/>
    public bool IsSkipped { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (IsSkipped) return input.alias();
        using var scope = NewDisposeScope();
        var residual = input;
        foreach (var (index, (convolution, norm)) in layers.Index())
        {
            residual = norm.call(convolution.call(residual));
            if (index < layers.Count - 1) residual = residual.relu_();
        }
        return residual.add_(downsample?.call(input) ?? input, Number.One).relu_().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var residual = input;
        for (var number = 1; number <= layers.Count; number++)
        {
            var (convolution, norm) = layers[number - 1];
            residual = norm.Describe(builder, $"{name}.bn{number}", convolution.Describe(builder, $"{name}.conv{number}", residual));
            if (number < layers.Count) residual = builder.Activation($"{name}.relu{number}", residual, Activation.ReLU);
        }
        input = downsample?.Describe(builder, $"{name}.{nameof(downsample)}", input) ?? input;
        return builder.Activation($"{name}.relu", builder.Add($"{name}.add", residual, input), Activation.ReLU);
    }
}

/// <summary>The block of ResNet-18 and 34: two 3x3 convolutions.</summary>
/// <param name="inputs">Channels in.</param>
/// <param name="outputs">Channels out.</param>
/// <param name="stride">The step of the first convolution.</param>
/// <param name="zeroInit">Whether the block starts as the identity.</param>
public sealed class BasicBlock(int inputs, int outputs, int stride = 1, bool zeroInit = false)
    : ResidualBlock(nameof(BasicBlock), inputs, zeroInit, (outputs, 3, stride), (outputs, 3, 1));

/// <summary>
/// The block of ResNet-50, 101 and 152: 1x1 down to the inner channels, 3x3, and 1x1 up to four times the inner channels. The stride is in
/// the 3x3, as in torchvision (ResNet v1.5).
/// </summary>
/// <param name="inputs">Channels in.</param>
/// <param name="inner">Channels of the 3x3 convolution; four times as many come out.</param>
/// <param name="stride">The step of the 3x3 convolution.</param>
/// <param name="zeroInit">Whether the block starts as the identity.</param>
public sealed class Bottleneck(int inputs, int inner, int stride = 1, bool zeroInit = false)
    : ResidualBlock(nameof(Bottleneck), inputs, zeroInit, (inner, 1, 1), (inner, 3, stride), (inner * Expansion, 1, 1))
{
    /// <summary>Channels out for each inner channel.</summary>
    public const int Expansion = 4;
}
