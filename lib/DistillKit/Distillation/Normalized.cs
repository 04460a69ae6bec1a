using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>Vectors without their length or their mean.</summary>
internal static class Normalized
{
    /// <summary>Squared lengths far below this count as zero: a direction has a gradient of 1 / length, which must stay finite.</summary>
    private const double Floor = 1e-12;

    /// <summary>Vectors along a dimension divided by their lengths; a zero vector stays zero.</summary>
    public static Tensor Unit(Tensor vectors, long dimension)
    {
        using var scope = NewDisposeScope();
        return vectors.mul(vectors.square().sum(dimension, keepdim: true).add(Floor).rsqrt()).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors along a dimension less their means.</summary>
    public static Tensor Centered(Tensor vectors, long dimension)
    {
        using var scope = NewDisposeScope();
        return vectors.sub(vectors.mean([dimension], keepdim: true)).MoveToOuterDisposeScope();
    }
}
