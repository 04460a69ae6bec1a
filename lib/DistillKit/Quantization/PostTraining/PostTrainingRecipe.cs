using System.Text.Json.Serialization;
using DistillKit.Quantization.Plans;

namespace DistillKit.Quantization.PostTraining;

/// <summary>How a trained network is rounded without training it any more.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostTrainingRecipe
{
    /// <summary>What is rounded, and how.</summary>
    public QuantizationPlan Plan { get; init; } = new();

    /// <summary>Evens out the channels of neighbouring layers before (<see cref="CrossLayerEqualization"/>).</summary>
    public bool Equalize { get; init; }

    /// <summary>Decides for each weight whether it is rounded up or down (<see cref="PostTraining.AdaRound"/>), and corrects the biases.</summary>
    public bool AdaRound { get; init; }

    /// <summary>Takes the mean error of each channel out of its bias after (<see cref="BiasCorrection"/>).</summary>
    public bool CorrectBias { get; init; }

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate() => Plan.Validate();
}
