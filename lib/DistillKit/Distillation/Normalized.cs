using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>Vectors without their length or their mean.</summary>
internal static class Normalized
{
    /// <summary>Of squared lengths. A direction has a gradient of 1 / length: below this, nothing that a network could learn from.</summary>
    private const double Floor = 1e-12;

    /// <summary>Vectors along a dimension divided by their lengths. A vector with next to no length becomes zero, without gradient.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="dimension">The dimension along which they lie.</param>
    /// <param name="degree">2 for vectors of squares or products, which are so much smaller where what they are made of is small.</param>
    public static Tensor Unit(Tensor vectors, long dimension, int degree = 1)
    {
        using var scope = NewDisposeScope();
        var squares = vectors.pow(Number.Two).sum(dimension, keepdim: true);
        var inverse = squares.masked_fill(squares.le(Number.Of(Math.Pow(Floor, degree))), Number.Of(double.PositiveInfinity)).rsqrt();
        return vectors.mul(inverse).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors along a dimension less their means.</summary>
    public static Tensor Centered(Tensor vectors, long dimension)
    {
        using var scope = NewDisposeScope();
        return vectors.sub(vectors.mean([dimension], keepdim: true)).MoveToOuterDisposeScope();
    }
}
