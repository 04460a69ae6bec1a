using DistillKit.Data;
using DistillKit.Graphs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Quantization.PostTraining;

/// <summary>
/// Learns for each weight whether to round it up or down, so that its layer's result stays what it was (Nagel et al. 2020, arXiv:2004.10568).
/// Nearest is not best, because the errors of the weights of one channel can cancel. Layer by layer: each also makes up for the errors of
/// those before (the paper's asymmetric reconstruction). The bias takes the difference of the means, so that <see cref="BiasCorrection"/> has nothing left to do.
/// </summary>
/// <remarks>
/// The paper compares the results after their ReLU, on patches that it draws for each step. Here they are compared before it: then the error is a
/// quadratic form of all images' patches, which makes a step some hundred times cheaper, and free of noise.
/// </remarks>
public static class AdaRound
{
    // The sigmoid is stretched to [-0.1, 1.1] and clipped, so that 0 and 1 are reached.
    private const double Low = -0.1;
    private const double High = 1.1;

    private const double FirstExponent = 20;
    private const double LastExponent = 2;

    /// <summary>Rounds the weights of a quantized graph; they come back as floating-point numbers that are exact in their integers.</summary>
    /// <param name="reference">The graph in floating point, its norms folded.</param>
    /// <param name="quantized">The same graph with its roundings.</param>
    /// <param name="images">Some hundred training images, on the device to compute on.</param>
    /// <param name="recipe">How to learn.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images, or a field of the recipe is out of range.</exception>
    public static Graph Apply(Graph reference, Graph quantized, DeviceImages images, AdaRoundRecipe? recipe = null, IProgress<double>? progress = null)
    {
        recipe ??= new();
        recipe.Validate();
        return LayerByLayer.Rewrite(reference, quantized, images, pair => Round(pair, recipe), progress);
    }

    private static WeightedNode Round(LayerPair pair, AdaRoundRecipe recipe)
    {
        var (layer, parameters) = (pair.Quantized, pair.Quantized.WeightQuantization!);
        var problem = new Reconstruction(pair);
        var scales = parameters.Channels == 1 ? tensor(parameters.Scales[0]).to(problem.Weight.device) : Reconstruction.InGroups(layer, new(parameters.Scales, parameters.Channels), problem.Weight.device);
        var steps = problem.Weight.div(scales);
        var floor = steps.floor();

        var choice = Learn(problem, floor, steps.sub(floor), scales, parameters, recipe);
        var rounded = Dequantize(floor.add(choice), scales, parameters);
        var nearest = Dequantize(steps.round(), scales, parameters);
        // Learning can fail where there is next to nothing to learn from, as in a channel that never fires.
        var best = problem.Error(rounded).ToDouble() <= problem.Error(nearest).ToDouble() ? rounded : nearest;

        var shift = problem.BiasShift(best);
        var bias = pair.Reference.Bias is { } old ? shift.add(old.ToTensor().to(shift.device)) : shift;
        return layer with { Weight = Constant.Of(best.view([.. layer.Weight.Shape.Select(size => (long)size)])), Bias = Constant.Of(bias) };
    }

    /// <summary>1 for each weight to round up, 0 for each to round down.</summary>
    private static Tensor Learn(Reconstruction problem, Tensor floor, Tensor fraction, Tensor scales, QuantizationParameters parameters, AdaRoundRecipe recipe)
    {
        // Starts where the stretched sigmoid gives the weight itself.
        var start = fraction.sub(Low).div(High - Low).clamp(1e-4, 1 - 1e-4);
        var logits = new Parameter(start.log().sub((1 - start).log()));
        var unit = 1 / Math.Max(problem.Error(Dequantize(floor.add(fraction.round()), scales, parameters)).sub(problem.Error(problem.Weight)).abs().ToDouble(), 1e-20);
        using var optimizer = optim.Adam([logits], recipe.LearningRate);
        for (var step = 0; step < recipe.Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var up = Choice(logits);
            var loss = problem.Error(Dequantize(floor.add(up), scales, parameters)).mul(unit);
            var progress = (step / (double)recipe.Steps - recipe.WarmUp) / (1 - recipe.WarmUp);
            if (progress >= 0)
            {
                var exponent = LastExponent + (FirstExponent - LastExponent) * (1 + Math.Cos(Math.PI * progress)) / 2;
                loss = loss.add((1 - up.mul(2).sub(1).abs().pow(exponent)).mean(), recipe.Regularization);
            }
            loss.backward();
            optimizer.step();
        }
        return Choice(logits.detach()).round();
    }

    private static Tensor Choice(Tensor logits) => logits.sigmoid().mul(High - Low).add(Low).clamp(0, 1);

    private static Tensor Dequantize(Tensor integers, Tensor scales, QuantizationParameters parameters) => integers.clamp(parameters.Minimum, parameters.Maximum).mul(scales);
}
