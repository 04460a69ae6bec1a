using static TorchSharp.torch;

namespace DistillKit.Data;

/// <summary>Images on the training device, ready for a network.</summary>
/// <param name="Images">Normalized pixels, float32 <c>[N, 3, S, S]</c>, channels-last in memory.</param>
/// <param name="Labels">The class of each image, int64 <c>[N]</c>.</param>
/// <param name="Targets">Class probabilities, float32 <c>[N, K]</c>, when images were mixed; otherwise null.</param>
/// <param name="View">Which fixed view of which images this is; null where each epoch draws anew, and where images were mixed.</param>
public sealed record Batch(Tensor Images, Tensor Labels, Tensor? Targets = null, ImageView? View = null);

/// <summary>A fixed view (<see cref="Views"/>) of some images.</summary>
/// <param name="Number">The view, from 0.</param>
/// <param name="Indices">The images' places in their set, int64 <c>[N]</c>.</param>
public sealed record ImageView(int Number, Tensor Indices);
