namespace DistillKit.Quantization;

/// <summary>Says so when a quantized network has lost much of its accuracy, and what to try.</summary>
public static class LossWarning
{
    /// <summary>The share of the accuracy in floating point that a quantization may lose without a word.</summary>
    public const double Share = 0.05;

    /// <summary>One line for people; null where no more is lost than the <see cref="Share"/>.</summary>
    /// <param name="before">The accuracy in floating point, in [0, 1].</param>
    /// <param name="after">The accuracy of the quantized network on the same images.</param>
    /// <param name="recipe">What has been tried; null where the network was trained with its rounding.</param>
    public static string? For(double before, double after, PostTrainingRecipe? recipe)
    {
        if (after >= before * (1 - Share)) return null;
        return FormattableString.Invariant($"Quantization lost {100 * (before - after):f1} points of accuracy: ")
            + FormattableString.Invariant($"{100 * before:f1} % in floating point, {100 * after:f1} % rounded. ")
            + $"Try {string.Join(", or ", Advice(recipe))}.";
    }

    private static IEnumerable<string> Advice(PostTrainingRecipe? recipe)
    {
        if (recipe is null)
        {
            yield return "to train longer with the rounding";
            yield return "more bits";
            yield break;
        }
        if (recipe.Equalize) yield return "it without equalization";
        var plan = recipe.Plan;
        var layers = plan.Layers.Values.Append(new(Weights: plan.Weights, Activations: plan.Activations));
        if (layers.Any(layer => layer.Weights?.Bits < 8 || layer.Activations?.Bits < 8)) yield return "8 bits";
        if (plan.Weights.Granularity == Granularity.PerTensor) yield return "weights with a scale for each channel";
        if (!recipe.AdaRound) yield return "adaptive rounding";
        yield return "a plan that leaves the layers that hurt in floating point, which a sensitivity scan finds";
    }
}
