namespace DistillKit.Distillation;

/// <summary>The steps that losses on features begin with: common size and common batch.</summary>
internal static class FeatureMaps
{
    private static readonly long[] Positions = [2, 3];

    /// <summary>The student's map and the teacher's, without gradient: the larger is averaged down to the smaller.</summary>
    /// <exception cref="ArgumentException">They are not [N, C, H, W], or of different batches.</exception>
    public static (Tensor Student, Tensor Teacher) Align(Tensor student, Tensor teacher)
    {
        Require(student, teacher);
        long[] size = [Math.Min(student.shape[2], teacher.shape[2]), Math.Min(student.shape[3], teacher.shape[3])];
        return (Pool(student, size), Pool(teacher.detach(), size));
    }

    /// <summary>The embeddings [N, C] of both: the mean over all positions of a map; what is [N, C] already stays.</summary>
    /// <exception cref="ArgumentException">They are of different batches.</exception>
    public static (Tensor Student, Tensor Teacher) Embed(Tensor student, Tensor teacher)
    {
        Require(student, teacher, dimensions: student.dim() == 2 ? 2 : 4);
        return (Embedding(student), Embedding(teacher.detach()));
    }

    /// <exception cref="ArgumentException">They are not of so many dimensions, or not of one batch.</exception>
    public static void Require(Tensor student, Tensor teacher, int dimensions = 4)
    {
        if (student.dim() == dimensions && teacher.dim() == dimensions && student.shape[0] == teacher.shape[0]) return;
        var found = $"[{string.Join(", ", student.shape)}] and [{string.Join(", ", teacher.shape)}]";
        throw new ArgumentException($"Features of student and teacher must be maps [N, C, H, W] of the same images, but are {found}.");
    }

    private static Tensor Pool(Tensor map, long[] size) =>
        map.shape[2] == size[0] && map.shape[3] == size[1] ? map : nn.functional.adaptive_avg_pool2d(map, size);

    private static Tensor Embedding(Tensor features) => features.dim() == 2 ? features : features.mean(Positions);
}

/// <summary>The steps that losses on vectors begin with.</summary>
internal static class Vectors
{
    /// <summary>Of squared lengths. A direction has a gradient of 1 / length: below this, there is nothing to learn from.</summary>
    private const double Floor = 1e-12;

    /// <summary>Vectors along a dimension divided by their lengths. One with next to no length becomes zero, without gradient.</summary>
    public static Tensor Normalize(Tensor vectors, long dimension, int degree = 1)
    {
        using var scope = NewDisposeScope();
        var squares = vectors.pow(Number.Two).sum(dimension, keepdim: true);
        var inverse = squares.masked_fill(squares.le(Number.Of(Math.Pow(Floor, degree))), Number.Of(double.PositiveInfinity)).rsqrt();
        return vectors.mul(inverse).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors along a dimension less their means.</summary>
    public static Tensor Center(Tensor vectors, long dimension)
    {
        using var scope = NewDisposeScope();
        return vectors.sub(vectors.mean([dimension], keepdim: true)).MoveToOuterDisposeScope();
    }
}
