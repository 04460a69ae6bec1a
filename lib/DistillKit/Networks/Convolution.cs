using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>Channels-last memory, in which convolutions run fastest: shape [N, C, H, W], but ordered N, H, W, C.</summary>
public static class ChannelsLast
{
    /// <summary>The same values and shape [N, C, H, W], in channels-last memory. Copies only where the memory is not so yet.</summary>
    public static Tensor Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// A 2-D convolution without bias (a norm follows it) that keeps the resolution but for its stride: [N, inputs, H, W] to [N, outputs,
/// ceil(H / stride), ceil(W / stride)]. The weight is float32 in channels-last memory; the arithmetic is in <see cref="ComputeType"/>.
/// </summary>
public sealed class Convolution : nn.Module<Tensor, Tensor>, IDescribable
{
    // Fields of modules carry the engine's names: it registers them, and torchvision's files know them, by field name.
    private Parameter weight;
    private readonly long[] strides;
    private readonly long[] paddings;

    /// <summary>Makes the layer with He's normal initialization, by fan out (He et al. 2015, arXiv:1502.01852).</summary>
    public Convolution(int inputs, int outputs, int kernel, int stride = 1, int groups = 1) : base(nameof(Convolution))
    {
        (Inputs, Outputs, Kernel, Stride, Groups) = (inputs, outputs, kernel, stride, groups);
        strides = [stride, stride];
        paddings = [Padding, Padding];
        ParameterBudget.Take((long)outputs * (inputs / groups) * kernel * kernel);
        using var scope = NewDisposeScope();
        var deviation = Math.Sqrt(2.0 * groups / (outputs * kernel * kernel));
        weight = new Parameter(ChannelsLast.Of(randn(outputs, inputs / groups, kernel, kernel).mul_(Number.Of(deviation))));
        weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Channels in.</summary>
    public int Inputs { get; }

    /// <summary>Channels out.</summary>
    public int Outputs { get; }

    /// <summary>The side of the square kernel, an odd number of pixels.</summary>
    public int Kernel { get; }

    /// <summary>The step of the kernel, in pixels.</summary>
    public int Stride { get; }

    /// <summary>Zeros added on each side, in pixels.</summary>
    public int Padding => Kernel / 2;

    /// <summary>The number of groups of channels that do not see each other; equal to the inputs for a depthwise convolution.</summary>
    public int Groups { get; }

    /// <summary>The type of the arithmetic and of the output: float32 or bfloat16.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>The weight, [outputs, inputs / groups, kernel, kernel].</summary>
    public Tensor Weight => weight;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = nn.functional.conv2d(Cast(input), Cast(weight), strides: strides, padding: paddings, groups: Groups);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Conv(name, input, weight, null, Stride, Padding, Groups);

    private Tensor Cast(Tensor tensor) => tensor.dtype == ComputeType ? tensor : tensor.to(ComputeType);
}
