using DistillKit.Data;

namespace DistillKit.Tests.Data;

public sealed class ImageSetTests
{
    private readonly ImageSet set = SyntheticImages.Create(200, 1);

    [Fact]
    public void A_subset_has_the_chosen_images_in_their_order()
    {
        var subset = set.Subset([17, 3]);
        Assert.Equal(set.Image(17), subset.Image(0));
        Assert.Equal(set.Image(3), subset.Image(1));
        Assert.Equal([7, 3], subset.Labels);
    }

    [Fact]
    public void A_sample_has_equally_many_of_each_class() =>
        Assert.All(set.Sample(50).Labels.CountBy(label => label), count => Assert.Equal(5, count.Value));

    [Fact]
    public void Images_that_do_not_fit_the_labels_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[3071], new byte[1], ["a"]));
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[3072], [1], ["a"]));
    }

    [Fact]
    public void Normalization_of_a_set_is_its_mean_and_deviation()
    {
        var halves = new ImageSet([.. Enumerable.Repeat((byte)0, 6), .. Enumerable.Repeat((byte)255, 6)], [0], ["a"]);
        var normalization = Normalization.Of(halves);
        Assert.Equal([0f, 0.5f, 1f], normalization.Mean);
        Assert.Equal([1f, 0.5f, 1f], normalization.Deviation);
    }

    [Fact]
    public void Images_of_one_colour_are_finite_numbers()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var images = new DeviceImages(new ImageSet([.. Enumerable.Repeat((byte)99, 12)], [0], ["a"]), TorchSharp.torch.CPU);
        Assert.All(images.Take([0]).Images.contiguous().data<float>().ToArray(), value => Assert.Equal(0, value, tolerance: 1e-6f));
    }
}
