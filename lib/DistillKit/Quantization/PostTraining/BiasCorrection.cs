namespace DistillKit.Quantization.PostTraining;

/// <summary>Takes the mean error that rounding gives each output channel out of its bias (Nagel et al. 2019, arXiv:1906.04721, section 4.2,
/// measured on images rather than derived from norms). Layer by layer: each corrects what is left of the errors of those before.</summary>
public static class BiasCorrection
{
    /// <summary>Corrects the biases of a quantized graph.</summary>
    /// <inheritdoc cref="LayerByLayer.Rewrite"/>
    public static Graph Apply(Graph reference, Graph quantized, DeviceImages images, IProgress<double>? progress = null) =>
        LayerByLayer.Rewrite(reference, quantized, images, pair => Correct(pair, images.Device), progress);

    /// <summary>The quantized layer with the bias that gives its result the mean of its counterpart.</summary>
    internal static WeightedNode Correct(LayerPair pair, Device device)
    {
        var error = Means(pair.Exact, pair.ExactInputs, device).sub_(Means(pair.Rounded, pair.RoundedInputs, device));
        var bias = pair.Rounded.Bias is { } old ? error.add_(old.ToTensor().to(ScalarType.Float64, device), Number.One) : error;
        return pair.Rounded with { Bias = Constant.Of(bias) };
    }

    /// <summary>The mean of each output channel over images and positions, [C] of float64.</summary>
    private static Tensor Means(WeightedNode layer, IReadOnlyList<Tensor> inputs, Device device)
    {
        using var scope = NewDisposeScope();
        var sum = zeros(layer.Weight.Channels, ScalarType.Float64, device);
        long count = 0;
        foreach (var input in inputs)
        {
            using var batchScope = NewDisposeScope();
            var output = LayerWalk.Compute(layer, [[input]], device)[0];
            sum.add_(output.mean(output.dim() == 4 ? [0, 2, 3] : [0]).to(ScalarType.Float64), Number.Of(output.shape[0]));
            count += output.shape[0];
            output.Dispose();
        }
        return sum.div_(Number.Of(count)).MoveToOuterDisposeScope();
    }
}
