using System.Text.Json.Serialization;

namespace DistillKit.Quantization.PostTraining;

/// <summary>How <see cref="AdaRound"/> learns.</summary>
/// <param name="Steps">The number of updates of each layer's roundings.</param>
/// <param name="LearningRate">Adam's.</param>
/// <param name="Regularization">The weight of the term that makes roundings decide; relative to the error of rounding to nearest.</param>
/// <param name="WarmUp">The share of the steps without that term.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AdaRoundRecipe(int Steps = 500, double LearningRate = 0.03, double Regularization = 0.01, double WarmUp = 0.2)
{
    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Steps is < 1 or > 1_000_000) throw new UserException($"AdaRound's steps must be 1 to 1000000, but are {Steps}.");
        if (LearningRate is not (> 0 and <= 1)) throw new UserException(FormattableString.Invariant($"AdaRound's learningRate must be above 0 and at most 1, but is {LearningRate}."));
        if (Regularization is not (>= 0 and < double.PositiveInfinity)) throw new UserException(FormattableString.Invariant($"AdaRound's regularization must be at least 0, but is {Regularization}."));
        if (WarmUp is not (>= 0 and < 1)) throw new UserException(FormattableString.Invariant($"AdaRound's warmUp must be at least 0 and below 1, but is {WarmUp}."));
    }
}
