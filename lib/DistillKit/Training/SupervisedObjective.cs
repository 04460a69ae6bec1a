using DistillKit.Data;

namespace DistillKit.Training;

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

/// <summary>
/// Cross-entropy, the mean over the batch, for labels and for soft targets such as mixup's. Label smoothing mixes the targets with the
/// uniform distribution (Szegedy et al. 2016, arXiv:1512.00567).
/// </summary>
public sealed class SoftTargetCrossEntropy
{
    /// <summary>Makes the loss; the label smoothing is in [0, 1).</summary>
    /// <exception cref="UserException">The label smoothing is out of range.</exception>
    public SoftTargetCrossEntropy(double labelSmoothing = 0)
    {
        if (labelSmoothing is not (>= 0 and < 1))
            throw new UserException(FormattableString.Invariant($"Label smoothing must be from 0 to below 1, but is {labelSmoothing}."));
        LabelSmoothing = labelSmoothing;
    }

    /// <summary>The share of the uniform distribution in the targets.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The loss, a scalar in the type of the logits.</summary>
    /// <param name="logits">[N, K].</param>
    /// <param name="targets">Class indices, [N] of int64, or probabilities, [N, K] of the logits' type.</param>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    public Tensor Compute(Tensor logits, Tensor targets)
    {
        Shapes.RequireTargets(logits, targets);
        if (targets.dim() == 1) return nn.functional.cross_entropy(logits, targets, label_smoothing: LabelSmoothing);

        using var scope = NewDisposeScope();
        var smoothed = targets.mul(Number.Of(1 - LabelSmoothing)).add(Number.Of(LabelSmoothing / logits.shape[1]), Number.One);
        return smoothed.mul(logits.log_softmax(1)).sum().div(Number.Of(-logits.shape[0])).MoveToOuterDisposeScope();
    }
}
