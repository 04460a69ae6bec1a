using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

/// <summary>Comparison of tensors with what PyTorch computed.</summary>
internal static class Close
{
    /// <summary>Asserts one shape, and that no element differs by more than the tolerance.</summary>
    public static void Assert(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Xunit.Assert.Equal(expected.shape, actual.shape);
        var worst = Values(expected).Zip(Values(actual), (one, other) => Math.Abs(one - other)).Max();
        Xunit.Assert.True(worst <= tolerance, FormattableString.Invariant($"{what} differs by {worst:g3} where {tolerance:g3} is allowed"));
    }

    /// <summary>Asserts one shape, and that no element differs by more than a share of the largest expected magnitude.</summary>
    public static void AssertRelative(Tensor expected, Tensor actual, double share, string what) =>
        Assert(expected, actual, share * Values(expected).Max(Math.Abs), what);

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
