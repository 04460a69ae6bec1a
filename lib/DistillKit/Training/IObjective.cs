using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Models;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>What a network is trained for.</summary>
public interface IObjective
{
    /// <summary>Runs the network on a batch.</summary>
    /// <returns>The loss, a scalar, and the logits [N, K]; they belong to the caller's dispose scope.</returns>
    (Tensor Loss, Tensor Logits) Compute(ImageClassifier model, Batch batch);
}

/// <summary>Learning from the labels alone: cross-entropy.</summary>
public sealed class Supervised(double labelSmoothing) : IObjective
{
    private readonly SoftTargetCrossEntropy crossEntropy = new(labelSmoothing);

    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(ImageClassifier model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (crossEntropy.Compute(logits, batch.Targets ?? batch.Labels), logits);
    }
}

/// <summary>Learning from a teacher that sees the same images, after the same crop, flip and mix (Beyer et al. 2022, arXiv:2106.05237).</summary>
public sealed class Distilled(ImageClassifier teacher, KnowledgeDistillationLoss loss) : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(ImageClassifier model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (loss.Compute(logits, TeacherLogits(batch.Images), batch.Targets ?? batch.Labels), logits);
    }

    private Tensor TeacherLogits(Tensor images)
    {
        // Not inference mode: the loss saves these logits for its gradient.
        using var frozen = no_grad();
        teacher.eval();
        return teacher.call(images);
    }
}
