namespace DistillKit.Quantization.Simulation;

/// <summary>How scales and zero points move in quantization-aware training.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RangeLearning>))]
public enum RangeLearning
{
    /// <summary>They stay as calibration found them.</summary>
    Fixed,

    /// <summary>Those of activations follow a moving average of the batches' ranges, those of weights the weights themselves (Jacob et al.
    /// 2018, arXiv:1712.05877).</summary>
    Tracked,

    /// <summary>Scales are learned by gradient: learned step size quantization (Esser et al. 2020, arXiv:1902.08153).</summary>
    Learned,
}

/// <summary>How a quantized network is trained: how the scales of activations and of weights move.</summary>
/// <param name="FreezeRangesAt">The share of the training, 0 to 1, after which tracked ranges of activations stay as they are.</param>
/// <param name="FreezeNormsAt">The share of the training, 0 to 1, after which norms keep their statistics, as deployed ones do.</param>
public sealed record AwareRecipe(
    RangeLearning Activations = RangeLearning.Tracked,
    RangeLearning Weights = RangeLearning.Tracked,
    double FreezeRangesAt = 0.5,
    double FreezeNormsAt = 0.5)
{
    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireShare("freezeRangesAt", FreezeRangesAt);
        RequireShare("freezeNormsAt", FreezeNormsAt);

        static void RequireShare(string field, double share)
        {
            if (share is not (>= 0 and <= 1))
                throw new UserException(FormattableString.Invariant($"The aware recipe's {field} must be from 0 to 1, but is {share}."));
        }
    }
}
