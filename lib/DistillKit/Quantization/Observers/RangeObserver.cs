namespace DistillKit.Quantization.Observers;

/// <summary>Watches a tensor over many batches, and says which range of its values the integers should cover. Derive from it for an
/// observer of your own, or from <see cref="HistogramObserver"/>, and give it to plans by name with
/// <see cref="ObserverRecipe.Register"/>.</summary>
public abstract class RangeObserver
{
    /// <summary>Takes in the tensor of one batch, on any device. It must not be kept or changed.</summary>
    /// <exception cref="UserException">A value is not a finite number.</exception>
    public abstract void Observe(Tensor values);

    /// <summary>The parameters for what has been seen.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been seen.</exception>
    /// <exception cref="ArgumentException">The scheme is not per tensor.</exception>
    public QuantizationParameters Parameters(QuantizationScheme scheme)
    {
        if (scheme.Granularity != Granularity.PerTensor)
            throw new ArgumentException($"{GetType().Name} gives one range for the whole tensor.", nameof(scheme));
        var range = Choose(scheme)
            ?? throw new InvalidOperationException("The observer has seen nothing: run the calibration images first.");
        return QuantizationParameters.FromRange(range.Minimum, range.Maximum, scheme);
    }

    /// <summary>The range to cover, which is widened to include 0; null when nothing has been seen.</summary>
    protected abstract ValueRange? Choose(QuantizationScheme scheme);
}

/// <summary>A range of real numbers, both ends included.</summary>
public readonly record struct ValueRange(float Minimum, float Maximum)
{
    /// <summary>The range of a tensor's values, in one transfer from the device.</summary>
    /// <exception cref="UserException">A value is not a finite number.</exception>
    public static ValueRange Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        var all = Flat(values.detach());
        var pair = stack([all.min(), all.max()]).to(ScalarType.Float32).cpu().data<float>();
        return float.IsFinite(pair[0]) && float.IsFinite(pair[1]) ? new(pair[0], pair[1]) : throw new UserException(
            "A tensor to be quantized holds values that are not finite numbers: check the network's weights and the images.");
    }

    /// <summary>The smallest range that holds both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Minimum, other.Minimum), Math.Max(Maximum, other.Maximum));

    /// <summary>All values in any order, without a copy where the memory is dense: the engine is faster at one dimension.</summary>
    internal static Tensor Flat(Tensor values) =>
        (values.dim() == 4 && !values.is_contiguous() ? values.permute(0, 2, 3, 1) : values).reshape(-1);
}

/// <summary>Covers all values that were seen.</summary>
public sealed class MinMaxObserver : RangeObserver
{
    private ValueRange? seen;

    /// <inheritdoc/>
    public override void Observe(Tensor values)
    {
        var range = ValueRange.Of(values);
        seen = seen?.Union(range) ?? range;
    }

    /// <inheritdoc/>
    protected override ValueRange? Choose(QuantizationScheme scheme) => seen;
}

/// <summary>Covers an exponential moving average of the batches' bounds, <c>bound += momentum * (new - bound)</c> (Jacob et al. 2018,
/// arXiv:1712.05877), which follows a network that is still learning.</summary>
/// <param name="momentum">The share of the new batch, above 0 and at most 1.</param>
public sealed class MovingAverageObserver(double momentum = 0.01) : RangeObserver
{
    private ValueRange? average;

    /// <inheritdoc/>
    public override void Observe(Tensor values)
    {
        var range = ValueRange.Of(values);
        average = average is { } old ? new(Move(old.Minimum, range.Minimum), Move(old.Maximum, range.Maximum)) : range;
    }

    /// <inheritdoc/>
    protected override ValueRange? Choose(QuantizationScheme scheme) => average;

    private float Move(float from, float to) => from + (float)momentum * (to - from);
}
