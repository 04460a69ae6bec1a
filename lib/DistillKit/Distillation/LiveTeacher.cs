using DistillKit.Data;
using DistillKit.Models;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>A network that sees the same images as the student, after the same crop, flip and mix (Beyer et al. 2022, arXiv:2106.05237).</summary>
/// <param name="network">It is only asked: in evaluation mode, without gradients.</param>
/// <param name="resolution">Larger images are resized to this height and width, which costs less; null for as they are.</param>
public sealed class LiveTeacher(ImageClassifier network, int? resolution = null) : ITeacher
{
    /// <inheritdoc/>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features)
    {
        // Not inference mode: losses save what they are given for their gradients.
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        network.eval();
        var images = resolution is { } size && size < batch.Images.shape[3]
            ? nn.functional.interpolate(batch.Images, [size, size], mode: InterpolationMode.Bilinear, align_corners: false)
            : batch.Images;
        var (logits, maps) = network.ForwardWithFeatures(images, features);
        var named = features.Zip(maps).ToDictionary(pair => pair.First, pair => pair.Second.MoveToOuterDisposeScope());
        return new(logits.MoveToOuterDisposeScope(), named);
    }
}
