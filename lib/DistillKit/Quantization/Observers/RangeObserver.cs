using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>An observer of whole tensors.</summary>
public abstract class RangeObserver : IObserver
{
    /// <inheritdoc/>
    public abstract void Observe(Tensor values);

    /// <inheritdoc/>
    public QuantizationParameters Parameters(QuantizationScheme scheme)
    {
        if (scheme.Granularity != Granularity.PerTensor) throw new ArgumentException($"{GetType().Name} gives one range for the whole tensor.", nameof(scheme));
        var range = Choose(scheme) ?? throw new InvalidOperationException("The observer has seen nothing: run the calibration images first.");
        return QuantizationParameters.FromRange(range.Minimum, range.Maximum, scheme);
    }

    /// <summary>The range to cover, or null when nothing has been seen.</summary>
    private protected abstract Bounds? Choose(QuantizationScheme scheme);
}
