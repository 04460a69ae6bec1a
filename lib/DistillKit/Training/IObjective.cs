using DistillKit.Data;
using DistillKit.Distillation;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>What a network is trained for.</summary>
public interface IObjective
{
    /// <summary>Runs the network on a batch.</summary>
    /// <returns>The loss, a scalar, and the logits [N, K]; they belong to the caller's dispose scope.</returns>
    (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch);
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

/// <summary>Learning from a teacher.</summary>
/// <param name="teacher">Says what it sees in the same images.</param>
/// <param name="loss">What compares the two.</param>
public sealed class Distilled(ITeacher teacher, KnowledgeDistillationLoss loss) : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (loss.Compute(logits, teacher.Answer(batch, []).Logits, batch.Targets ?? batch.Labels), logits);
    }
}
