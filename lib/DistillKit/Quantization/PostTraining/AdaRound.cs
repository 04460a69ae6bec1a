using System.Numerics;

namespace DistillKit.Quantization.PostTraining;

/// <summary>Decides for each weight whether to round it up or down so that its layer's result stays what it was: adaptive rounding (Nagel
/// et al. 2020, arXiv:2004.10568). Nearest is not best, because the errors of the weights of one channel can cancel. Layer by layer: each
/// also makes up for the errors of those before it (the paper's asymmetric reconstruction), and the bias takes what differs in the mean, so
/// that <see cref="BiasCorrection"/> has nothing left to do.</summary>
/// <remarks>Each output channel is a quadratic problem over binary choices (the paper's equation 20). The paper relaxes it and follows
/// noisy gradients of a few images for 10,000 steps. Here it is descended directly, one weight at a time while one lowers the error, over
/// all positions of the images. What is left out is the nonlinearity after the layer, whose result the paper compares.</remarks>
public static class AdaRound
{
    private const int MostSweeps = 100;

    /// <summary>Rounds the weights of a quantized graph, to floating-point numbers that are exact in their integers.</summary>
    /// <inheritdoc cref="LayerByLayer.Rewrite"/>
    public static Graph Apply(Graph reference, Graph quantized, DeviceImages images, IProgress<double>? progress = null) =>
        LayerByLayer.Rewrite(
            reference, quantized, images, pair => BiasCorrection.Correct(pair with { Rounded = Round(pair) }, images.Device), progress);

    private static WeightedNode Round(LayerPair pair)
    {
        var (exact, parameters, error) = (pair.Exact.Weight, pair.Rounded.WeightQuantization!, new Reconstruction(pair));
        var rounded = new Constant(parameters.RoundTrip(exact.Values), [.. exact.Shape]);
        Parallel.For(0, exact.Channels, channel =>
        {
            var scale = parameters.Channels == 1 ? 0 : channel;
            Descend(
                rounded.Channel(channel), exact.Channel(channel), parameters, scale, error.CovarianceOf(channel), error.PullOf(channel));
        });
        return pair.Rounded with { Weight = rounded };
    }

    /// <summary>Lowers <c>r C rᵀ - 2 p rᵀ</c> by moving one number of r at a time to the other neighbour of its exact value.</summary>
    internal static void Descend(
        Span<float> rounded, ReadOnlySpan<float> exact, QuantizationParameters parameters, int channel,
        ReadOnlySpan<float> covariance, ReadOnlySpan<float> pull)
    {
        var scale = parameters.Scales[channel];
        // Half of the error's derivative: C r - p.
        Span<float> slope = pull.ToArray();
        foreach (ref var value in slope) value = -value;
        for (var i = 0; i < rounded.Length; i++) AddMultiple(slope, covariance.Slice(i * rounded.Length, rounded.Length), rounded[i]);

        var isMoving = true;
        for (var sweep = 0; sweep < MostSweeps && isMoving; sweep++)
        {
            isMoving = false;
            for (var i = 0; i < rounded.Length; i++)
            {
                var step = slope[i] > 0 ? -scale : scale;
                var integer = MathF.Round((rounded[i] + step) / scale);
                var row = covariance.Slice(i * rounded.Length, rounded.Length);
                if (integer < parameters.Minimum || integer > parameters.Maximum) continue;
                if (!(MathF.Abs(integer * scale - exact[i]) < scale) || 2 * step * slope[i] + step * step * row[i] >= 0) continue;
                rounded[i] = integer * scale;
                AddMultiple(slope, row, step);
                isMoving = true;
            }
        }
    }

    private static void AddMultiple(Span<float> sum, ReadOnlySpan<float> values, float factor)
    {
        var sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var parts = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < sums.Length; i++) sums[i] += parts[i] * factor;
        for (var i = sums.Length * Vector<float>.Count; i < sum.Length; i++) sum[i] += values[i] * factor;
    }
}
