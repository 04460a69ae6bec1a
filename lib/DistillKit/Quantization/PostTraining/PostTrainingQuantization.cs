namespace DistillKit.Quantization.PostTraining;

/// <summary>How a trained network is rounded without training it any more.</summary>
public sealed record PostTrainingRecipe
{
    /// <summary>What is rounded, and how.</summary>
    public QuantizationPlan Plan { get; init; } = new();

    /// <summary>Evens out the channels of neighbouring layers before (<see cref="CrossLayerEqualization"/>).</summary>
    public bool Equalize { get; init; }

    /// <summary>Rounds each weight up or down by its layer's error, and corrects biases (<see cref="PostTraining.AdaRound"/>).</summary>
    public bool AdaRound { get; init; }

    /// <summary>Takes the mean error of each channel out of its bias after (<see cref="BiasCorrection"/>).</summary>
    public bool CorrectBias { get; init; }

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate() => Plan.Validate();
}

/// <summary>Post-training quantization, all of it: equalization, calibration, rounding, adaptive rounding, bias correction.</summary>
public static class PostTrainingQuantization
{
    /// <summary>Quantizes a network.</summary>
    /// <param name="graph">In floating point, its norms folded.</param>
    /// <param name="images">Calibration images: a few hundred training images, on the device to compute on.</param>
    /// <param name="progress">The step that runs, and the share of it that is done.</param>
    /// <exception cref="UserException">There are no images, or the plan does not fit the network.</exception>
    public static Graph Run(
        Graph graph, PostTrainingRecipe recipe, DeviceImages images, IProgress<(string Step, double Done)>? progress = null)
    {
        recipe.Validate();
        var reference = recipe.Equalize ? CrossLayerEqualization.Apply(graph) : graph;
        var ranges = Calibration.Run(reference, recipe.Plan, images, Named("calibration"));
        var quantized = Quantizer.Quantize(reference, recipe.Plan, ranges);
        if (recipe.AdaRound) quantized = AdaRound.Apply(reference, quantized, images, Named("adaptive rounding"));
        if (recipe.CorrectBias) quantized = BiasCorrection.Apply(reference, quantized, images, Named("bias correction"));
        return Quantizer.FitBiases(quantized);

        IProgress<double>? Named(string step) =>
            progress is null ? null : new SynchronousProgress<double>(done => progress.Report((step, done)));
    }
}
