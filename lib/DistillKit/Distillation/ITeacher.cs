using DistillKit.Data;
using DistillKit.Networks;

namespace DistillKit.Distillation;

/// <summary>What a network says about a batch.</summary>
/// <param name="Logits">[N, K].</param>
/// <param name="Features">The feature maps that were asked for, [N, C, H, W], by their names.</param>
public sealed record NetworkOutput(Tensor Logits, IReadOnlyDictionary<string, Tensor> Features);

/// <summary>Where a student's targets come from: networks that are asked in every step, or answers that were stored.</summary>
public interface ITeacher : IDisposable
{
    /// <summary>The number of classes, K.</summary>
    public int Classes { get; }

    /// <summary>The feature maps that can be asked for.</summary>
    public IReadOnlyList<FeatureTap> Features { get; }

    /// <summary>What the teacher says about a batch, without gradients; the tensors belong to the caller's dispose scope.</summary>
    /// <param name="batch">The very images that the student sees.</param>
    /// <param name="features">The names of the feature maps to answer with.</param>
    /// <exception cref="UserException">The teacher has no such feature, or does not know these images.</exception>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features);
}
