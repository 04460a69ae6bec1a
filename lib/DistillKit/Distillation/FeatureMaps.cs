using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>What losses on features do to feature maps first.</summary>
internal static class FeatureMaps
{
    private static readonly long[] Positions = [2, 3];

    /// <summary>The student's map and the teacher's, without gradient, at one resolution: the larger is averaged down to the smaller.</summary>
    /// <exception cref="ArgumentException">They are not [N, C, H, W], or of different batches.</exception>
    public static (Tensor Student, Tensor Teacher) Align(Tensor student, Tensor teacher)
    {
        Shapes.RequireMaps(student, teacher);
        long[] size = [Math.Min(student.shape[2], teacher.shape[2]), Math.Min(student.shape[3], teacher.shape[3])];
        return (Pool(student, size), Pool(teacher.detach(), size));
    }

    /// <summary>The embeddings [N, C] of both: the mean over all positions of a map; what is [N, C] already stays.</summary>
    /// <exception cref="ArgumentException">They are of different batches.</exception>
    public static (Tensor Student, Tensor Teacher) Embed(Tensor student, Tensor teacher)
    {
        if (student.dim() != 2 || teacher.dim() != 2) Shapes.RequireMaps(student, teacher);
        else Shapes.RequireSameBatch(student, teacher);
        return (Embedding(student), Embedding(teacher.detach()));
    }

    /// <summary>Half precision is for networks; sums and squares of losses need single.</summary>
    public static Tensor Single(Tensor tensor) => tensor.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? tensor.to(ScalarType.Float32) : tensor;

    private static Tensor Pool(Tensor map, long[] size) =>
        map.shape[2] == size[0] && map.shape[3] == size[1] ? Single(map) : nn.functional.adaptive_avg_pool2d(Single(map), size);

    private static Tensor Embedding(Tensor features) => features.dim() == 2 ? Single(features) : Single(features).mean(Positions);
}
