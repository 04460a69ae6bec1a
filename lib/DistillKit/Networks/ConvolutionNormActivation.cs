using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>Convolution, batch norm and activation. The convolution is named "0" and the norm "1", as in torchvision.</summary>
public sealed class ConvolutionNormActivation : nn.Module<Tensor, Tensor>, IDescribable
{
    // A tuple, because a field that is a module would be registered a second time, under the field's name.
    private readonly (Convolution Convolution, BatchNorm Norm) layers;

    /// <summary>Makes the block; the arguments are those of <see cref="Networks.Convolution"/> and the activation.</summary>
    public ConvolutionNormActivation(int inputs, int outputs, int kernel, Activation activation, int stride = 1, int groups = 1)
        : base(nameof(ConvolutionNormActivation))
    {
        Activation = activation;
        layers = (new(inputs, outputs, kernel, stride, groups), new(outputs));
        register_module("0", layers.Convolution);
        register_module("1", layers.Norm);
    }

    /// <summary>The convolution.</summary>
    public Convolution Convolution => layers.Convolution;

    /// <summary>The norm.</summary>
    public BatchNorm Norm => layers.Norm;

    /// <summary>The activation, applied last.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Activation.Apply(Norm.call(Convolution.call(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Activation($"{name}.2", Norm.Describe(builder, $"{name}.1", Convolution.Describe(builder, $"{name}.0", input)), Activation);
}
