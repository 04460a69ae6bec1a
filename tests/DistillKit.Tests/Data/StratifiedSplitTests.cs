using DistillKit.Data;

namespace DistillKit.Tests.Data;

public sealed class StratifiedSplitTests
{
    private static readonly byte[] Labels = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * 7 % 10))];

    [Fact]
    public void Every_image_is_in_exactly_one_part()
    {
        var split = StratifiedSplit.Create(Labels, 10, 5000);
        Assert.Equal((45_000, 5000), (split.Training.Length, split.Validation.Length));
        Assert.Equal(Enumerable.Range(0, 50_000), split.Training.Concat(split.Validation).Order());
    }

    [Fact]
    public void Classes_are_exactly_balanced() =>
        Assert.All(StratifiedSplit.Create(Labels, 10, 5000).Validation.CountBy(i => Labels[i]), count => Assert.Equal(500, count.Value));

    /// <summary>These indices must never change: published figures depend on them.</summary>
    [Fact]
    public void The_split_is_the_same_everywhere() =>
        Assert.Equal(FirstIndices, StratifiedSplit.Create(Labels, 10, 5000).Validation[..8]);

    [Fact]
    public void Another_seed_gives_another_split() => Assert.NotEqual(
        StratifiedSplit.Create(Labels, 10, 5000, 1).Validation, StratifiedSplit.Create(Labels, 10, 5000, 2).Validation);

    [Theory]
    [InlineData(5001)]
    [InlineData(-10)]
    [InlineData(60_000)]
    public void An_impossible_number_is_refused(int count) =>
        Assert.Throws<UserException>(() => StratifiedSplit.Create(Labels, 10, count));

    private static readonly int[] FirstIndices = [2, 29, 40, 41, 42, 45, 56, 64];
}
