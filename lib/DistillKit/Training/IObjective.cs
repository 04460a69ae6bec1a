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

/// <summary>Learning from a teacher that sees the same images, after the same crop, flip and mix (Beyer et al. 2022, arXiv:2106.05237).</summary>
/// <param name="teacher">It is only asked: in evaluation mode, without gradients.</param>
/// <param name="loss">What compares the two.</param>
/// <param name="teacherResolution">The teacher sees larger images resized to this height and width, which costs less; null for as they are.</param>
public sealed class Distilled(ImageClassifier teacher, KnowledgeDistillationLoss loss, int? teacherResolution = null) : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        var logits = model.call(batch.Images);
        return (loss.Compute(logits, TeacherLogits(batch.Images), batch.Targets ?? batch.Labels), logits);
    }

    private Tensor TeacherLogits(Tensor images)
    {
        // Not inference mode: the loss saves these logits for its gradient.
        using var frozen = no_grad();
        teacher.eval();
        if (teacherResolution is { } size && size < images.shape[3])
            images = nn.functional.interpolate(images, [size, size], mode: InterpolationMode.Bilinear, align_corners: false);
        return teacher.call(images);
    }
}
