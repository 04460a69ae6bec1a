using static TorchSharp.torch;

namespace DistillKit.Data;

/// <summary>Images on the training device, ready for a network.</summary>
/// <param name="Images">Normalized pixels, float32 <c>[N, 3, S, S]</c>, channels-last in memory.</param>
/// <param name="Labels">The class of each image, int64 <c>[N]</c>.</param>
/// <param name="Targets">Class probabilities, float32 <c>[N, K]</c>, when images were mixed; otherwise null.</param>
public sealed record Batch(Tensor Images, Tensor Labels, Tensor? Targets = null);
