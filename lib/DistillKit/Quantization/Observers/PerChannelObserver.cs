using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>Covers all values of each output channel (axis 0), for weights.</summary>
public sealed class PerChannelObserver : IObserver
{
    private Bounds[]? seen;

    /// <inheritdoc/>
    public void Observe(Tensor values)
    {
        var bounds = Bounds.OfChannels(values);
        seen = seen is null ? bounds : [.. seen.Zip(bounds, (one, other) => one.Union(other))];
    }

    /// <inheritdoc/>
    public QuantizationParameters Parameters(QuantizationScheme scheme)
    {
        if (scheme.Granularity != Granularity.PerChannel) throw new ArgumentException("This observer gives one range for each channel.", nameof(scheme));
        if (seen is null) throw new InvalidOperationException("The observer has seen nothing: show it the weight first.");
        return QuantizationParameters.FromRange([.. seen.Select(bounds => bounds.Minimum)], [.. seen.Select(bounds => bounds.Maximum)], scheme);
    }
}
