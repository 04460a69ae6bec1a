using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>Covers all values that were seen.</summary>
public sealed class MinMaxObserver : RangeObserver
{
    private Bounds? seen;

    /// <inheritdoc/>
    public override void Observe(Tensor values)
    {
        var bounds = Bounds.Of(values);
        seen = seen?.Union(bounds) ?? bounds;
    }

    private protected override Bounds? Choose(QuantizationScheme scheme) => seen;
}
