using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>
/// Covers an exponential moving average of the batches' bounds, <c>bound += momentum * (new - bound)</c> (Jacob et al. 2018,
/// arXiv:1712.05877), which follows a network that is still learning.
/// </summary>
/// <param name="momentum">The share of the new batch, above 0 and at most 1.</param>
public sealed class MovingAverageObserver(double momentum = 0.01) : RangeObserver
{
    private Bounds? average;

    /// <inheritdoc/>
    public override void Observe(Tensor values)
    {
        var bounds = Bounds.Of(values);
        average = average is { } old ? new(Move(old.Minimum, bounds.Minimum), Move(old.Maximum, bounds.Maximum)) : bounds;
    }

    private protected override Bounds? Choose(QuantizationScheme scheme) => average;

    private float Move(float from, float to) => from + (float)momentum * (to - from);
}
