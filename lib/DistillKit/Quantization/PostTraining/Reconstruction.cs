using DistillKit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Quantization.PostTraining;

/// <summary>
/// How far a layer with another weight W' is from its counterpart in floating point, over all images: <c>E|W' x' - W x|²</c>, with x' what the
/// quantized network gives the layer and x what the other one gives it; constant differences are left to the bias. It is quadratic in W', so
/// the images enter it once, by the covariances of their patches, and a step of learning costs a small matrix product.
/// </summary>
internal sealed class Reconstruction
{
    private readonly Tensor covariance;
    private readonly Tensor pull;
    private readonly Tensor meanReference;
    private readonly Tensor meanQuantized;

    /// <summary>Measures the inputs. The tensors belong to the caller's dispose scope.</summary>
    public Reconstruction(LayerPair pair)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Weight = InGroups(pair.Reference, pair.Reference.Weight, pair.QuantizedInputs[0].device);
        var sums = pair.QuantizedInputs.Zip(pair.ReferenceInputs, (actual, expected) => Moments(pair.Reference, actual, expected))
            .Aggregate((all, batch) => [.. all.Zip(batch, (sum, part) => sum.add_(part))]);
        var count = sums[4].ToDouble();
        (meanQuantized, meanReference) = (sums[0].div(count), sums[1].div(count));
        covariance = sums[2].div(count).sub_(meanQuantized.unsqueeze(2).mul(meanQuantized.unsqueeze(1)));
        var across = sums[3].div(count).sub_(meanReference.unsqueeze(2).mul(meanQuantized.unsqueeze(1)));
        pull = Weight.bmm(across);
        foreach (var tensor in new[] { Weight, covariance, pull, meanReference, meanQuantized }) tensor.MoveToOuterDisposeScope();
    }

    /// <summary>The weight in floating point: [groups, outputs of a group, inputs of a patch].</summary>
    public Tensor Weight { get; }

    /// <summary>The squared error summed over the output channels, but for a constant; the weight is shaped as <see cref="Weight"/>.</summary>
    public Tensor Error(Tensor rounded) => rounded.mul(rounded.bmm(covariance).sub(pull.mul(2))).sum();

    /// <summary>What the bias must gain so that the means agree, [outputs].</summary>
    public Tensor BiasShift(Tensor rounded) =>
        Weight.mul(meanReference.unsqueeze(1)).sum(2).sub(rounded.mul(meanQuantized.unsqueeze(1)).sum(2)).view(-1);

    /// <summary>Numbers of each output channel in the shape of <see cref="Weight"/>.</summary>
    public static Tensor InGroups(WeightedNode layer, Constant constant, Device device) => constant.ToTensor().to(device).view(Groups(layer), constant.Channels / Groups(layer), -1);

    /// <summary>Sums over positions: x', x, x' x'ᵀ, x x'ᵀ, and their number.</summary>
    private static Tensor[] Moments(WeightedNode layer, Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var (quantized, reference) = (Patches(layer, actual), Patches(layer, expected));
        Tensor[] sums = [quantized.sum(1), reference.sum(1), quantized.transpose(1, 2).bmm(quantized), reference.transpose(1, 2).bmm(quantized), tensor((float)quantized.shape[1])];
        return [.. sums.Select(sum => sum.MoveToOuterDisposeScope())];
    }

    /// <summary>What the kernel sees at each position: [groups, images * positions, inputs of a patch].</summary>
    private static Tensor Patches(WeightedNode layer, Tensor input)
    {
        if (layer is not ConvolutionNode { Kernel: var kernel, Stride: var stride, Padding: var padding, Groups: var groups }) return input.unsqueeze(0);
        var padded = padding == 0 ? input : nn.functional.pad(input, [padding, padding, padding, padding]);
        // [N, C, H, W, kernel, kernel]
        var windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride);
        var shape = windows.shape;
        return windows.reshape(shape[0], groups, shape[1] / groups, shape[2], shape[3], kernel, kernel)
            .permute(1, 0, 3, 4, 2, 5, 6).reshape(groups, shape[0] * shape[2] * shape[3], -1);
    }

    private static int Groups(WeightedNode layer) => layer is ConvolutionNode convolution ? convolution.Groups : 1;
}
