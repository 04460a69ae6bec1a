using DistillKit.Data;

namespace DistillKit.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly int[] Images = [.. Enumerable.Range(0, 2000)];

    [Fact]
    public void A_batch_is_drawn_the_same_way_again()
    {
        var augmentation = new Augmentation(Cutout: 8);
        Assert.Equal(augmentation.Draw(Images, 32, 1, 2, 3), augmentation.Draw(Images, 32, 1, 2, 3));
        Assert.NotEqual(augmentation.Draw(Images, 32, 1, 2, 3), augmentation.Draw(Images, 32, 1, 2, 4));
        Assert.NotEqual(augmentation.Draw(Images, 32, 1, 2, 3), augmentation.Draw(Images, 32, 1, 3, 3));
    }

    [Fact]
    public void Shifts_cover_their_whole_range_and_no_more()
    {
        var shifts = new Augmentation(Padding: 4).Draw(Images, 32, 1, 0, 0);
        Assert.Equal(Enumerable.Range(-4, 9), shifts.Select(shift => shift.Down).Distinct().Order());
        Assert.Equal(Enumerable.Range(-4, 9), shifts.Select(shift => shift.Right).Distinct().Order());
    }

    [Fact]
    public void About_half_of_the_images_are_mirrored() =>
        Assert.InRange(new Augmentation().Draw(Images, 32, 1, 0, 0).Count(distortion => distortion.Mirrored), 900, 1100);

    [Fact]
    public void Alternating_flips_show_both_sides_in_two_epochs()
    {
        var augmentation = new Augmentation(Flip: Flip.Alternating);
        var (first, second) = (augmentation.Draw(Images, 32, 1, 0, 5), augmentation.Draw([.. Images.Reverse()], 32, 1, 1, 9));
        Assert.All(Images, i => Assert.NotEqual(first[i].Mirrored, second[^(i + 1)].Mirrored));
        Assert.InRange(first.Count(distortion => distortion.Mirrored), 900, 1100);
    }

    [Fact]
    public void No_augmentation_changes_nothing_but_where_no_cutout_would_be() =>
        Assert.All(Augmentation.None.Draw(Images, 32, 1, 0, 0), distortion =>
            Assert.Equal((0, 0, false), (distortion.Down, distortion.Right, distortion.Mirrored)));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(32, 0)]
    [InlineData(4, -1)]
    [InlineData(4, 33)]
    public void Options_out_of_range_are_refused(int padding, int cutout) =>
        Assert.Throws<UserException>(() => new Augmentation(padding, Cutout: cutout).Draw([0], 32, 1, 0, 0));
}
