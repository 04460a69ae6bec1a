namespace DistillKit.Quantization.PostTraining;

/// <summary>How far a layer with another weight w' is from its counterpart in floating point: <c>E|w' x' - w x|²</c> for each output
/// channel, with x' the patches that the quantized network gives the layer and x those of the other one. Constant differences are left to
/// the bias. The error is <c>w' C w'ᵀ - 2 p w'ᵀ</c> and a constant, so the images enter it once, by the covariances C and p.</summary>
internal sealed class Reconstruction
{
    // So many for each input of a patch that what is learned from them holds for others.
    private const int PositionsPerInput = 32;
    private const int FewestPositions = 4096;

    private readonly int inputs, outputs;
    private readonly float[] covariances, pulls;

    /// <summary>Measures the inputs of a layer.</summary>
    public Reconstruction(LayerPair pair)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var layer = pair.Exact;
        var groups = layer is ConvNode convolution ? convolution.Groups : 1;
        (inputs, outputs) = (layer.Weight.Values.Length / layer.Weight.Channels, layer.Weight.Channels / groups);
        var weight = layer.Weight.ToTensor().to(pair.RoundedInputs[0].device).view(groups, outputs, inputs);

        var positions = pair.RoundedInputs.Sum(batch => batch.shape[0] * PositionsOf(layer, batch));
        var step = Math.Max((int)Math.Sqrt(positions / (double)(FewestPositions + PositionsPerInput * inputs)), 1);
        Tensor[]? sums = null;
        for (var batch = 0; batch < pair.RoundedInputs.Count; batch++)
        {
            var rounded = Patches(layer, pair.RoundedInputs[batch], step, batch);
            var moments = Moments(rounded, Patches(layer, pair.ExactInputs[batch], step, batch));
            sums = sums is null ? moments : [.. sums.Zip(moments, (sum, moment) => sum.add_(moment, Number.One))];
        }
        var (count, actual, expected) = (Number.Of(sums![0].item<double>()), sums[1], sums[2]);
        var covariance = sums[3].sub_(actual.unsqueeze(2).mul(actual.unsqueeze(1)).div(count)).div(count);
        var across = sums[4].sub_(expected.unsqueeze(2).mul(actual.unsqueeze(1)).div(count)).div(count);
        (covariances, pulls) = (Constant.Of(covariance).Values, Constant.Of(weight.bmm(across)).Values);
    }

    /// <summary>C of an output channel, a square matrix.</summary>
    public ReadOnlySpan<float> CovarianceOf(int channel) => covariances.AsSpan(channel / outputs * inputs * inputs, inputs * inputs);

    /// <summary>p of an output channel.</summary>
    public ReadOnlySpan<float> PullOf(int channel) => pulls.AsSpan(channel * inputs, inputs);

    /// <summary>The number of patches, and the sums over them of x', x, x' x'ᵀ, x x'ᵀ.</summary>
    private static Tensor[] Moments(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var (own, across) = (actual.transpose(1, 2).bmm(actual), expected.transpose(1, 2).bmm(actual));
        Tensor[] sums = [tensor((double)actual.shape[1]), actual.sum(1), expected.sum(1), own, across];
        return [.. sums.Select(sum => sum.MoveToOuterDisposeScope())];
    }

    /// <summary>What the kernel sees at each step-th position and line: [groups, images * positions, inputs of a patch].</summary>
    private static Tensor Patches(WeightedNode layer, Tensor input, int step, int batch)
    {
        if (layer is not ConvNode { Kernel: var kernel, Stride: var stride, Padding: var padding, Groups: var groups })
            return input.unsqueeze(0);
        using var scope = NewDisposeScope();
        var padded = padding == 0 ? input : nn.functional.pad(input, [padding, padding, padding, padding]);
        // [N, C, H, W, kernel, kernel]; each batch begins elsewhere, so that edges have their share.
        var windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride);
        var sizes = windows.shape;
        var first = batch % Math.Min(step, Math.Min(sizes[2], sizes[3]));
        var chosen = windows.slice(2, first, sizes[2], step).slice(3, first, sizes[3], step);
        var shape = chosen.shape;
        return chosen.reshape(shape[0], groups, shape[1] / groups, shape[2], shape[3], kernel, kernel)
            .permute(1, 0, 3, 4, 2, 5, 6).reshape(groups, shape[0] * shape[2] * shape[3], -1).MoveToOuterDisposeScope();
    }

    private static long PositionsOf(WeightedNode layer, Tensor input) =>
        layer is ConvNode { Stride: var stride } ? input.shape[2] * input.shape[3] / (stride * stride) : 1;

}
