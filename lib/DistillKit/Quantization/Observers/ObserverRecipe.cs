using System.Text.Json.Serialization;
using DistillKit.Graphs;

namespace DistillKit.Quantization.Observers;

/// <summary>How an observer chooses the range that the integers cover.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObserverKind>))]
public enum ObserverKind
{
    /// <summary>All that was seen: nothing is clipped, and one outlier costs everyone precision.</summary>
    MinMax,

    /// <summary>An exponential moving average of the batches' bounds.</summary>
    MovingAverage,

    /// <summary>The range that holds a share of the values.</summary>
    Percentile,

    /// <summary>The range with the least squared error.</summary>
    MeanSquaredError,

    /// <summary>The range that loses the least information, as in TensorRT.</summary>
    Entropy,
}

/// <summary>An observer and its numbers.</summary>
/// <param name="Kind">The method.</param>
/// <param name="Percentile">Of <see cref="ObserverKind.Percentile"/>: the share of the values inside of the range, in percent.</param>
/// <param name="Momentum">Of <see cref="ObserverKind.MovingAverage"/>: the share of the new batch.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ObserverRecipe(ObserverKind Kind = ObserverKind.MeanSquaredError, double Percentile = 99.99, double Momentum = 0.01)
{
    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Kind)) throw new UserException($"An observer's kind must be one of {string.Join(", ", Enum.GetNames<ObserverKind>())}, but is {Kind}.");
        if (Percentile is not (> 50 and <= 100)) throw new UserException(FormattableString.Invariant($"An observer's percentile must be above 50 and at most 100, but is {Percentile}."));
        if (Momentum is not (> 0 and <= 1)) throw new UserException(FormattableString.Invariant($"An observer's momentum must be above 0 and at most 1, but is {Momentum}."));
    }

    /// <summary>Makes a new observer.</summary>
    /// <exception cref="UserException">A field is out of range, or this kind has no ranges for each channel.</exception>
    public IObserver Create(Granularity granularity = Granularity.PerTensor)
    {
        Validate();
        return (Kind, granularity) switch
        {
            (ObserverKind.MinMax, Granularity.PerChannel) => new PerChannelObserver(),
            (_, Granularity.PerChannel) => throw new UserException($"The observer {Kind} watches whole tensors: for one range each channel choose MinMax."),
            (ObserverKind.MinMax, _) => new MinMaxObserver(),
            (ObserverKind.MovingAverage, _) => new MovingAverageObserver(Momentum),
            (ObserverKind.Percentile, _) => new PercentileObserver(Percentile),
            (ObserverKind.MeanSquaredError, _) => new MeanSquaredErrorObserver(),
            _ => new EntropyObserver(),
        };
    }
}
