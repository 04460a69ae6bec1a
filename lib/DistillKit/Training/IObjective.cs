using DistillKit.Data;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>What a network is trained for. One that changes as the training goes on is <see cref="IStaged"/> as well.</summary>
public interface IObjective
{
    /// <summary>
    /// What learns along with the network: it is trained by the same recipe and kept in checkpoints, but it is no part of the network and not averaged.
    /// Null for nothing.
    /// </summary>
    public nn.Module? Adapters => null;

    /// <summary>Runs the network on a batch.</summary>
    /// <returns>The loss, a scalar, and the logits [N, K]; they belong to the caller's dispose scope.</returns>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch);
}

/// <summary>Learning from the labels alone: cross-entropy.</summary>
public sealed class Supervised(double labelSmoothing) : IObjective
{
    private readonly SoftTargetCrossEntropy crossEntropy = new(labelSmoothing);

    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (crossEntropy.Compute(logits, batch.Targets ?? batch.Labels), logits);
    }
}
