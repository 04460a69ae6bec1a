namespace DistillKit.Networks;

/// <summary>Convolution, batch norm and activation. The convolution is named "0" and the norm "1", as in torchvision.</summary>
public sealed class ConvolutionNormActivation : nn.Module<Tensor, Tensor>, IDescribable
{
    // In a tuple, because a field that is a module would be registered a second time, under the field's name.
    private readonly (Convolution Convolution, BatchNorm Norm, Activation Activation, Convolution? Next) layers;

    /// <summary>Makes the block; the arguments are those of <see cref="Networks.Convolution"/> and the activation.</summary>
    /// <param name="next">The convolution that takes the result, in whose type it is written.</param>
    public ConvolutionNormActivation(
        int inputs, int outputs, int kernel, Activation activation, int stride = 1, int groups = 1, Convolution? next = null)
        : base(nameof(ConvolutionNormActivation))
    {
        layers = (new(inputs, outputs, kernel, stride, groups), new(outputs), activation, next);
        register_module("0", layers.Convolution);
        register_module("1", layers.Norm);
    }

    internal Convolution Convolution => layers.Convolution;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = layers.Convolution.call(input);
        return layers.Norm.Activate(output, layers.Activation, layers.Next?.InputType).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var normed = layers.Norm.Describe(builder, $"{name}.1", layers.Convolution.Describe(builder, $"{name}.0", input));
        return builder.Activation($"{name}.2", normed, layers.Activation);
    }
}
