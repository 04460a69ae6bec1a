using System.Security.Cryptography;
using DistillKit.Data;

namespace DistillKit.Tests.Data;

public sealed class SyntheticImagesTests
{
    [Fact]
    public void A_seed_gives_the_same_bytes_everywhere() => Assert.Equal(
        "34bd23cfdf9c47d22ccf6186fbef543b95ce8653d6bacee9946b977942bb23a4",
        Convert.ToHexStringLower(SHA256.HashData(SyntheticImages.Create(100, 1).Pixels)));

    [Fact]
    public void A_larger_set_begins_with_the_smaller_one() =>
        Assert.Equal(SyntheticImages.Create(20, 3).Pixels, SyntheticImages.Create(40, 3).Subset([.. Enumerable.Range(0, 20)]).Pixels);

    [Fact]
    public void Another_seed_gives_other_images() =>
        Assert.NotEqual(SyntheticImages.Create(10, 1).Pixels, SyntheticImages.Create(10, 2).Pixels);

    [Fact]
    public void Classes_are_balanced() =>
        Assert.All(SyntheticImages.Create(100, 1).Labels.CountBy(label => label), count => Assert.Equal(10, count.Value));

    /// <summary>A class's mean image says little: the shape has any colour and place.</summary>
    [Fact]
    public void Colours_do_not_give_the_class_away()
    {
        var set = SyntheticImages.Create(5000, 5);
        var means = Enumerable.Range(0, 10).Select(label =>
            255 * Normalization.Of(set.Subset([.. Enumerable.Range(0, 500).Select(i => 10 * i + label)])).Mean[0]).ToArray();
        Assert.True(means.Max() - means.Min() < 12, string.Join(' ', means));
    }
}
