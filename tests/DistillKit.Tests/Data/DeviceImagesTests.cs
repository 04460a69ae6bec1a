using DistillKit.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Data;

public sealed class DeviceImagesTests : IDisposable
{
    private const int Size = 32;

    /// <summary>With these, a normalized value is the byte itself.</summary>
    private static readonly Normalization Bytes = new([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]);

    private readonly ImageSet set = SyntheticImages.Create(50, 1);
    private readonly DeviceImages images;
    private readonly DisposeScope scope = NewDisposeScope();

    public DeviceImagesTests() => images = new(set, CPU, Bytes);

    public void Dispose()
    {
        scope.Dispose();
        images.Dispose();
    }

    [Fact]
    public void Batches_hold_all_images_in_order_with_a_smaller_last_one()
    {
        var plan = images.Batches(16);
        Assert.Equal(4, plan.Count);
        var all = Enumerable.Range(0, 4).Select(step => plan.Load(step)).ToArray();
        Assert.Equal([2, 3, Size, Size], all[^1].Images.shape);
        Assert.Equal(set.Labels.Select(label => (long)label), all.SelectMany(batch => batch.Labels.data<long>().ToArray()));
        for (var i = 0; i < set.Count; i++)
            Assert.Equal(set.Image(i).ToArray().Select(value => (float)value), Pixels(all[i / 16].Images, i % 16), Close);
    }

    [Fact]
    public void Normalization_subtracts_the_mean_and_divides_by_the_deviation()
    {
        using var normalized = new DeviceImages(set, CPU, new([0.1f, 0.2f, 0.3f], [0.5f, 0.25f, 0.2f]));
        var batch = normalized.Take([7]);
        Assert.Equal((set.Image(7)[1024] / 255f - 0.2f) / 0.25f, Pixels(batch.Images, 0)[1024], 1e-5f);
    }

    [Fact]
    public void Images_lie_channels_last_in_memory() =>
        Assert.Equal([3 * Size * Size, 1, 3 * Size, 3], images.Take([1, 2]).Images.stride());

    [Fact]
    public void Crop_flip_and_reflection_equal_slicing_by_hand()
    {
        int[] indices = [3, 14, 15, 9, 26];
        ImageTransform[] transforms = [new(-4, -4, false, 0, 0), new(4, 4, true, 0, 0), new(0, 0, true, 0, 0), new(-1, 3, false, 0, 0),
            new(2, -3, true, 0, 0)];
        var batch = images.Take(indices, transforms);
        for (var i = 0; i < indices.Length; i++)
            Assert.Equal(ByHand(indices[i], transforms[i]), Pixels(batch.Images, i), Close);
    }

    [Theory]
    [InlineData(10, 12, 64)]
    [InlineData(-4, 28, 16)]
    public void Cutout_blanks_its_square_as_far_as_it_is_inside(int top, int left, int area)
    {
        // A mean that no byte has, so that only blanked pixels are zero.
        using var shifted = new DeviceImages(set, CPU, new([-1, -1, -1], [1, 1, 1]));
        var pixels = Pixels(shifted.Take([5], [new(0, 0, false, top, left)], cutout: 8).Images, 0);
        Assert.Equal(3 * area, pixels.Count(value => value == 0));
        for (var i = 0; i < pixels.Length; i++)
        {
            var (y, x) = (i / Size % Size, i % Size);
            Assert.Equal(y >= top && y < top + 8 && x >= left && x < left + 8, pixels[i] == 0);
        }
    }

    [Fact]
    public void A_smaller_resolution_keeps_the_mean()
    {
        var small = images.Batches(2).Load(2, resolution: 16);
        Assert.Equal([2, 3, 16, 16], small.Images.shape);
        Assert.Equal([2, 3, Size, Size], small.Whole.shape);
        Assert.Equal(Pixels(small.Whole, 0).Average(), Pixels(small.Images, 0).Average(), 1e-2);
        var full = images.Batches(2).Load(2);
        Assert.Same(full.Images, full.Whole);
        Assert.Equal(Pixels(full.Images, 0), Pixels(small.Whole, 0));
    }

    [Fact]
    public void An_epoch_shows_each_image_at_most_once_in_a_random_order()
    {
        var plan = images.ShuffledBatches(16, 1, 0, new());
        Assert.Equal(3, plan.Count);
        var labelled = new DeviceImages(Numbered(), CPU, Bytes).ShuffledBatches(16, 1, 0, new());
        var seen = Enumerable.Range(0, 3).SelectMany(step => labelled.Load(step).Labels.data<long>().ToArray()).ToArray();
        Assert.Equal(48, seen.Distinct().Count());
        Assert.NotEqual(seen.Order(), seen);
    }

    [Fact]
    public void A_step_can_be_made_again_exactly()
    {
        EpochBatches Plan(int epoch) => images.ShuffledBatches(16, 1, epoch, new(Cutout: 8), new(Mixup: 1, CutMix: 1));
        var (first, again, next) = (Plan(3).Load(2), Plan(3).Load(2), Plan(4).Load(2));
        Assert.Equal(Values(first.Images), Values(again.Images));
        Assert.Equal(Values(first.Targets!), Values(again.Targets!));
        Assert.NotEqual(Values(first.Images), Values(next.Images));
    }

    [Fact]
    public void A_batch_larger_than_the_set_is_refused() =>
        Assert.Throws<UserException>(() => images.ShuffledBatches(51, 1, 0, new()));

    private static float Reflected(ReadOnlySpan<byte> image, int channel, int y, int x)
    {
        static int Inside(int i) => i < 0 ? -i : i >= Size ? 2 * (Size - 1) - i : i;
        return image[(channel * Size + Inside(y)) * Size + Inside(x)];
    }

    private float[] ByHand(int index, ImageTransform distortion)
    {
        var result = new float[3 * Size * Size];
        for (var i = 0; i < result.Length; i++)
        {
            var (channel, y, x) = (i / (Size * Size), i / Size % Size, i % Size);
            var column = distortion.Mirrored ? Size - 1 - x : x;
            result[i] = Reflected(set.Image(index), channel, y + distortion.Down, column + distortion.Right);
        }
        return result;
    }

    private ImageSet Numbered() =>
        new(set.Pixels, [.. Enumerable.Range(0, 50).Select(i => (byte)i)], [.. Enumerable.Range(0, 50).Select(i => $"{i}")]);

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-3f;

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static float[] Pixels(Tensor batch, int index) => Values(batch[index]);
}
