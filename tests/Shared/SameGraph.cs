using DistillKit.Graphs;

namespace Tests.Shared;

/// <summary>Comparison of graphs.</summary>
internal static class SameGraph
{
    private static readonly Constant Nothing = new([], 0);

    /// <summary>Asserts the same nodes, with the same roundings and, to the bit, the same numbers.</summary>
    public static void Assert(Graph expected, Graph actual)
    {
        AssertNodes(expected, actual);
        foreach (var (one, other) in expected.Nodes.Zip(actual.Nodes))
        {
            foreach (var (numbers, others) in Constants(one).Zip(Constants(other)))
            {
                Xunit.Assert.Equal(numbers?.Shape, others?.Shape);
                Xunit.Assert.True(numbers is null || numbers.Values.AsSpan().SequenceEqual(others!.Values), one.Name);
            }
        }
    }

    /// <summary>Asserts the same nodes and roundings, with whatever weights.</summary>
    public static void AssertNodes(Graph expected, Graph actual) =>
        Xunit.Assert.Equal(expected.Nodes.Select(WithoutNumbers), actual.Nodes.Select(WithoutNumbers));

    private static IEnumerable<Constant?> Constants(Node node) => node switch
    {
        WeightedNode layer => [layer.Weight, layer.Bias],
        BatchNormalizationNode norm => [norm.Scale, norm.Shift, norm.Mean, norm.Variance],
        _ => [],
    };

    private static Node WithoutNumbers(Node node) => node switch
    {
        WeightedNode layer => layer with { Weight = Nothing, Bias = Nothing },
        BatchNormalizationNode norm => norm with { Scale = Nothing, Shift = Nothing, Mean = Nothing, Variance = Nothing },
        _ => node,
    };
}
