namespace DistillKit.Networks;

/// <summary>A 3x3 convolution, a 2x2 max pool, batch norm and ReLU: [N, inputs, H, W] to [N, outputs, H / 2, W / 2]. The norm comes after
/// the pool, where there is a quarter to do. The convolution is named "0" and the norm "1".</summary>
public sealed class ConvolutionPoolNorm : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly (Convolution Convolution, BatchNorm Norm) layers;

    /// <summary>Makes the block of so many channels in and out.</summary>
    public ConvolutionPoolNorm(int inputs, int outputs) : base(nameof(ConvolutionPoolNorm))
    {
        layers = (new(inputs, outputs, kernel: 3), new(outputs));
        register_module("0", layers.Convolution);
        register_module("1", layers.Norm);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var pooled = nn.functional.max_pool2d(layers.Convolution.call(input), kernel_size: 2);
        return layers.Norm.Activate(pooled, Activation.ReLU).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        var pooled = builder.MaxPool($"{name}.pool", layers.Convolution.Describe(builder, $"{name}.0", input), kernel: 2, stride: 2);
        return builder.Activation($"{name}.2", layers.Norm.Describe(builder, $"{name}.1", pooled), Activation.ReLU);
    }
}
