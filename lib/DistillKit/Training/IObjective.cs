namespace DistillKit.Training;

/// <summary>What a network is trained for. One that changes as the training goes on is <see cref="IScheduled"/> as well.</summary>
public interface IObjective
{
    /// <summary>What learns along with the network by the same recipe, but is no part of it and not averaged; null for nothing.</summary>
    public nn.Module? Adapters => null;

    /// <summary>Runs the network on a batch.</summary>
    /// <returns>The loss, a scalar, and the logits [N, K]; they belong to the caller's dispose scope.</returns>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch);
}

/// <summary>A network, or an objective, that changes how it trains as the training goes on.</summary>
public interface IScheduled
{
    /// <summary>Called before each step; <paramref name="progress"/> is the share of the training that is done, from 0 to 1.</summary>
    public void Begin(double progress);
}

/// <summary>Learning from the labels alone: cross-entropy.</summary>
public sealed class SupervisedObjective(double labelSmoothing) : IObjective
{
    private readonly SoftTargetCrossEntropy crossEntropy = new(labelSmoothing);

    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (crossEntropy.Compute(logits, batch.Targets ?? batch.Labels), logits);
    }
}

/// <summary>Mean cross-entropy with labels or soft targets, smoothed if asked (Szegedy et al. 2016, arXiv:1512.00567).</summary>
public sealed class SoftTargetCrossEntropy
{
    private readonly double smoothing;

    /// <summary>Makes the loss; the label smoothing is in [0, 1).</summary>
    /// <exception cref="UserException">The label smoothing is out of range.</exception>
    public SoftTargetCrossEntropy(double labelSmoothing = 0)
    {
        Fields.Require(labelSmoothing is >= 0 and < 1, "loss", "label smoothing", "at least 0 and below 1", labelSmoothing);
        smoothing = labelSmoothing;
    }

    /// <summary>The loss of logits [N, K], a scalar in their type.</summary>
    /// <param name="targets">Class indices, [N] of int64, or probabilities, [N, K] of the logits' type.</param>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    public Tensor Compute(Tensor logits, Tensor targets)
    {
        RequireTargets(logits, targets);
        if (targets.dim() == 1) return nn.functional.cross_entropy(logits, targets, label_smoothing: smoothing);

        using var scope = NewDisposeScope();
        var smoothed = targets.mul(Number.Of(1 - smoothing)).add(Number.Of(smoothing / logits.shape[1]), Number.One);
        return smoothed.mul(logits.log_softmax(1)).sum().div(Number.Of(-logits.shape[0])).MoveToOuterDisposeScope();
    }

    /// <exception cref="ArgumentException">The targets are neither [N] of int64 nor [N, K] of the logits' type.</exception>
    internal static void RequireTargets(Tensor logits, Tensor targets)
    {
        var shape = logits.shape;
        if (shape.Length != 2) throw new ArgumentException($"Logits must be [N, K], but are {Show(logits)}.", nameof(logits));
        var areLabels = targets.dtype == ScalarType.Int64 && targets.shape.AsSpan().SequenceEqual([shape[0]]);
        var areSoft = targets.dtype == logits.dtype && targets.shape.AsSpan().SequenceEqual(shape);
        if (areLabels || areSoft) return;
        var rule = $"int64 class indices [N] or {logits.dtype} probabilities [N, K]";
        throw new ArgumentException($"Targets for logits {Show(logits)} must be {rule}, but are {targets.dtype} {Show(targets)}.");
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
