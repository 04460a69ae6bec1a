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

/// <summary>A 2-D convolution without bias (a norm follows it) that keeps the resolution but for its stride: [N, inputs, H, W] to [N,
/// outputs, ceil(H / stride), ceil(W / stride)]. The weight is float32 in channels-last memory; the arithmetic and the output are in
/// <see cref="ComputeType"/>, but on a processor float32 where bfloat16 has a price: where fewer than 16 inputs make an output, as in
/// depthwise convolutions, whose gradients would take ten times as long; and, beyond 1x1, on several threads, which wait for each other in
/// loops inside of oneDNN's gradients: beside another program's threads a step would take twenty times as long.</summary>
public sealed class Convolution : nn.Module<Tensor, Tensor>, IDescribable
{
    /// <summary>The fewest inputs of an output for which a processor gains by bfloat16.</summary>
    private const int FewestInputs = 16;

    // Fields of modules carry the engine's names: it registers them, and torchvision's files know them, by field name.
    private Parameter weight;
    private readonly (int Stride, int Padding, int Groups) geometry;

    /// <summary>Makes the layer with He's normal initialization, by fan out (He et al. 2015, arXiv:1502.01852).</summary>
    /// <param name="kernel">The side of the square kernel, an odd number of pixels.</param>
    /// <param name="groups">Groups of channels that do not see each other; equal to the inputs for a depthwise convolution.</param>
    public Convolution(int inputs, int outputs, int kernel, int stride = 1, int groups = 1) : base(nameof(Convolution))
    {
        geometry = (stride, kernel / 2, groups);
        ParameterBudget.Take((long)outputs * (inputs / groups) * kernel * kernel);
        using var scope = NewDisposeScope();
        var deviation = Math.Sqrt(2.0 * groups / (outputs * kernel * kernel));
        weight = new Parameter(ChannelsLast.Of(randn(outputs, inputs / groups, kernel, kernel).mul_(Number.Of(deviation))));
        weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>The type to compute in: float32 or bfloat16.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    /// <summary>The type that the arithmetic is in.</summary>
    internal ScalarType InputType => KeepsSingle ? ScalarType.Float32 : ComputeType;

    /// <summary>The weight, [outputs, inputs / groups, kernel, kernel].</summary>
    internal Tensor Weight => weight;

    /// <summary>Makes as many outputs as there are inputs pass these on, and leaves the others as they were drawn.</summary>
    internal void StartAsIdentity()
    {
        var (outputs, inputs, side) = (weight.shape[0], weight.shape[1], weight.shape[2]);
        if (geometry.Groups != 1 || side == 1) return;
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var passing = Math.Min(inputs, outputs);
        weight.narrow(0, 0, passing).zero_();
        var centre = weight[TensorIndex.Ellipsis, side / 2, side / 2].narrow(0, 0, passing).narrow(1, 0, passing);
        centre.copy_(eye(passing, device: weight.device));
    }

    /// <summary>Makes the outputs of patches of these images [N, inputs, H, W] uncorrelated, with a variance of 1: half of the filters are
    /// the patches' strongest principal components, each over its deviation, and the other half their negatives.</summary>
    internal void StartWhitening(Tensor images)
    {
        var (inputs, side, half) = (weight.shape[1], weight.shape[2], weight.shape[0] / 2);
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        var patches = images.unfold(2, side, 1).unfold(3, side, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, inputs * side * side);
        var centred = patches.sub(patches.mean([0L], keepdim: true));
        var covariance = centred.t().mm(centred).div_(Number.Of(patches.shape[0]));
        var (variances, components) = linalg.eigh(covariance.cpu().to(ScalarType.Float64));
        var taken = Math.Min(half, variances.shape[0]);
        // The weakest of all would be scaled up without bound; airbench's floor.
        var deviations = variances.flip(0).narrow(0, 0, taken).add_(Number.Of(5e-4), Number.One).sqrt_();
        var filters = components.flip(1).narrow(1, 0, taken).div_(deviations).t().reshape(taken, inputs, side, side);
        weight.narrow(0, 0, taken).copy_(filters);
        weight.narrow(0, half, taken).copy_(filters.neg());
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (kernel, maps) = (Cast(weight, InputType), Cast(input, InputType));
        var output = geometry is (Stride: 1, Padding: 0, Groups: 1) ? Multiply(kernel, maps) : Convolve(kernel, maps);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Conv(name, input, weight, null, geometry.Stride, geometry.Padding, geometry.Groups);

    private bool KeepsSingle => weight.device.type == DeviceType.CPU
        && (weight.shape[1] < FewestInputs || (weight.shape[2] > 1 && get_num_threads() > 1));

    /// <summary>A 1x1 convolution as the product of all pixels [N * H * W, inputs] and the weight: oneDNN's own goes image by image, and
    /// its gradients in bfloat16 take twice as long on small maps.</summary>
    private static Tensor Multiply(Tensor kernel, Tensor maps)
    {
        var (outputs, inputs) = (kernel.shape[0], kernel.shape[1]);
        var (batch, height, width) = (maps.shape[0], maps.shape[2], maps.shape[3]);
        var pixels = maps.permute(0, 2, 3, 1).reshape(-1, inputs);
        return nn.functional.linear(pixels, kernel.reshape(outputs, inputs)).view(batch, height, width, outputs).permute(0, 3, 1, 2);
    }

    private Tensor Convolve(Tensor kernel, Tensor maps)
    {
        var (stride, padding, groups) = geometry;
        if (groups > 1 && maps.shape[2] <= padding + 1)
        {
            // oneDNN has no depthwise kernel for the gradient of the weight where the map is smaller than the filter: the general one takes
            // a quarter of a student's step.
            maps = nn.functional.pad(maps.permute(0, 2, 3, 1), [0, 0, padding, padding, padding, padding]).permute(0, 3, 1, 2);
            padding = 0;
        }
        return nn.functional.conv2d(maps, kernel, strides: [stride, stride], padding: [padding, padding], groups: groups);
    }

    private static Tensor Cast(Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to(type);
}
