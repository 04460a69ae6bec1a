using System.Collections.Concurrent;

namespace DistillKit.Quantization.Observers;

/// <summary>The names of the observers that are always there.</summary>
public static class ObserverKind
{
    /// <summary>All that was seen: nothing is clipped, and one outlier costs everyone precision.</summary>
    public const string MinMax = nameof(MinMax);

    /// <summary>An exponential moving average of the batches' bounds.</summary>
    public const string MovingAverage = nameof(MovingAverage);

    /// <summary>The range that holds a share of the values.</summary>
    public const string Percentile = nameof(Percentile);

    /// <summary>The range with the least squared error.</summary>
    public const string MeanSquaredError = nameof(MeanSquaredError);

    /// <summary>The range that loses the least information, as in TensorRT.</summary>
    public const string Entropy = nameof(Entropy);
}

/// <summary>An observer by its name, and its numbers: what a plan's file says of it.</summary>
/// <param name="Kind">An <see cref="ObserverKind"/>, or a name given to <see cref="Register"/>; case does not matter.</param>
/// <param name="Percentile">Of <see cref="ObserverKind.Percentile"/>: the share of the values inside of the range, in percent.</param>
/// <param name="Momentum">Of <see cref="ObserverKind.MovingAverage"/>: the share of the new batch.</param>
public sealed record ObserverRecipe(string Kind = ObserverKind.MeanSquaredError, double Percentile = 99.99, double Momentum = 0.01)
{
    private static readonly Dictionary<string, Func<ObserverRecipe, RangeObserver>> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        [ObserverKind.MinMax] = _ => new MinMaxObserver(),
        [ObserverKind.MovingAverage] = recipe => new MovingAverageObserver(recipe.Momentum),
        [ObserverKind.Percentile] = recipe => new PercentileObserver(recipe.Percentile),
        [ObserverKind.MeanSquaredError] = _ => new MeanSquaredErrorObserver(),
        [ObserverKind.Entropy] = _ => new EntropyObserver(),
    };

    private static readonly ConcurrentDictionary<string, Func<ObserverRecipe, RangeObserver>> Registered =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of all observers that a plan can use: the library's, then registered ones in the order of the alphabet.</summary>
    public static IReadOnlyList<string> Kinds => [.. Own.Keys, .. Registered.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Gives plans an observer of your own by name, in this process; registering the name again replaces it. A program that reads
    /// a plan with this name must have registered it, too.</summary>
    /// <param name="kind">The name in plans and their files.</param>
    /// <param name="create">Makes a new observer; called once for each tensor that is observed, with the plan's numbers.</param>
    /// <exception cref="ArgumentException">The name is empty, or that of one of the library's observers.</exception>
    public static void Register(string kind, Func<ObserverRecipe, RangeObserver> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        if (Own.ContainsKey(kind))
            throw new ArgumentException($"The observer {kind} is one of the library's own: choose another name.", nameof(kind));
        Registered[kind] = create;
    }

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">No observer has this name, or a number is out of range; the message names the field.</exception>
    public void Validate()
    {
        if (!Own.ContainsKey(Kind) && !Registered.ContainsKey(Kind))
        {
            throw new UserException($"An observer's kind must be one of {string.Join(", ", Kinds)}, but is {Kind}: "
                + $"give it to {nameof(ObserverRecipe)}.{nameof(Register)} first if it is your own.");
        }
        Require(Percentile is > 50 and <= 100, "percentile must be above 50 and at most 100", Percentile);
        Require(Momentum is > 0 and <= 1, "momentum must be above 0 and at most 1", Momentum);

        static void Require(bool holds, string rule, double value)
        {
            if (!holds) throw new UserException(FormattableString.Invariant($"An observer's {rule}, but is {value}."));
        }
    }

    /// <summary>Makes a new observer.</summary>
    /// <exception cref="UserException">No observer has this name, or a number is out of range.</exception>
    public RangeObserver Create()
    {
        Validate();
        return (Own.GetValueOrDefault(Kind) ?? Registered[Kind])(this);
    }
}
