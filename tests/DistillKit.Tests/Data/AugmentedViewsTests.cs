using DistillKit.Data;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace DistillKit.Tests.Data;

public sealed class AugmentedViewsTests : IDisposable
{
    private static readonly Augmentation Strong = new(Padding: 4, Flip.Random, Cutout: 8);

    private readonly IDisposable scope = NewDisposeScope();
    private readonly DeviceImages images = new(SyntheticImages.Create(40, seed: 5), CPU);

    public void Dispose()
    {
        images.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void A_view_of_an_image_is_the_same_in_every_order_epoch_and_batch()
    {
        var views = new AugmentedViews(3, Seed: 9);
        var whole = images.AugmentedBatches(40, Strong, views, view: 1).Load(0).Images;
        foreach (var (seed, epoch, batchSize) in (IEnumerable<(ulong, int, int)>)[(1, 1, 8), (1, 4, 8), (2, 1, 20)])
        {
            var plan = images.ShuffledBatches(batchSize, seed, epoch, Strong, views: views);
            for (var step = 0; step < plan.Count; step++)
            {
                var batch = plan.Load(step);
                Assert.Equal(1, batch.View!.Number);
                Assert.True(whole.index_select(0, batch.View.Indices).eq(batch.Images).all().item<bool>());
            }
        }
    }

    [Fact]
    public void The_order_of_the_images_stays_the_runs()
    {
        long[] Order(ulong seed, int epoch) =>
            images.ShuffledBatches(40, seed, epoch, Strong, views: new(2)).Load(0).View!.Indices.data<long>().ToArray();
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 2));
        Assert.Equal(Enumerable.Range(0, 40).Select(index => (long)index), Order(1, 0).Order());
    }

    [Fact]
    public void Without_views_every_epoch_draws_anew_and_mixed_images_are_no_view()
    {
        Assert.Null(images.ShuffledBatches(40, 1, 0, Strong).Load(0).View);
        Assert.Null(images.ShuffledBatches(40, 1, 0, Strong, new Mixing(Mixup: 1), new(2)).Load(0).View);
    }

    [Fact]
    public void Views_of_other_numbers_and_seeds_differ() => Prop.ForAll<byte, byte>((seed, view) =>
    {
        int[] all = [.. Enumerable.Range(0, 40)];
        var drawn = Strong.DrawView(all, 32, seed, view);
        Assert.Equal(drawn, Strong.DrawView(all, 32, seed, view));
        Assert.NotEqual(drawn, Strong.DrawView(all, 32, seed, view + 1));
        Assert.NotEqual(drawn, Strong.DrawView(all, 32, seed + 1UL, view));
        Assert.Equal(drawn[7..9], Strong.DrawView(all.AsSpan(7, 2), 32, seed, view));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Alternating_flips_show_both_sides_of_every_image_in_two_views()
    {
        int[] all = [.. Enumerable.Range(0, 40)];
        var alternating = new Augmentation(0, Flip.Alternating);
        var (first, second) = (alternating.DrawView(all, 32, 1, 0), alternating.DrawView(all, 32, 1, 1));
        Assert.All(first.Zip(second), pair => Assert.NotEqual(pair.First.Mirrored, pair.Second.Mirrored));
    }
}
