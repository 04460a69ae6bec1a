namespace TorchSharp.Tests;

internal static class Expect
{
    /// <summary>The tensor's elements, in order, are these to 1e-6, or that part of the largest.</summary>
    internal static void Values(torch.Tensor actual, params double[] expected)
    {
        using var scope = torch.NewDisposeScope();
        var values = actual.detach().to(torch.ScalarType.Float64).contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        var tolerance = 1e-6 * Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance,
                $"element {i} is {values[i]:g9}, expected {expected[i]:g9} in [{string.Join(", ", values.Select(v => v.ToString("g9")))}]");
    }
}
