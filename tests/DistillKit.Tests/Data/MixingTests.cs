using DistillKit.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Tests.Data;

public sealed class MixingTests : IDisposable
{
    private const int Count = 6, Classes = 6, Size = 32;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Batch batch;

    /// <summary>Image i has the value i everywhere, and the label i.</summary>
    public MixingTests() => batch = new(
        arange(Count, dtype: ScalarType.Float32).view(Count, 1, 1, 1).expand(Count, 3, Size, Size).contiguous(),
        arange(Count, dtype: ScalarType.Int64));

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.2, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Targets_are_the_shares_of_the_two_images(double mixup, double cutMix)
    {
        for (var step = 0; step < 50; step++)
        {
            using var each = NewDisposeScope();
            var mixed = new Mixing(mixup, cutMix).Apply(batch, Classes, 1, 0, step);
            var (means, targets) = (Values(mixed.Images.mean([1L, 2L, 3L])), Values(mixed.Targets!));
            for (var i = 0; i < Count; i++)
            {
                var row = targets[(i * Classes)..((i + 1) * Classes)];
                Assert.Equal(1, row.Sum(), 1e-5f);
                Assert.Equal(row[i] * i + row[Count - 1 - i] * (Count - 1 - i), means[i], 1e-4f);
            }
        }
    }

    [Fact]
    public void CutMix_pastes_one_rectangle()
    {
        var mixed = Enumerable.Range(0, 20).Select(step => new Mixing(CutMix: 1).Apply(batch, Classes, 1, 0, step)).ToArray();
        Assert.All(mixed, result =>
        {
            var pasted = Values(result.Images[0, 0]).Select((value, i) => (value, y: i / Size, x: i % Size))
                .Where(pixel => pixel.value == Count - 1).ToArray();
            Assert.Equal(1 - Values(result.Targets!)[0], pasted.Length / (float)(Size * Size), 1e-5f);
            if (pasted.Length > 0)
                Assert.Equal(
                    pasted.Length, (pasted.Max(p => p.y) - pasted.Min(p => p.y) + 1) * (pasted.Max(p => p.x) - pasted.Min(p => p.x) + 1));
        });
        Assert.Contains(mixed, result => Values(result.Targets!)[0] < 0.7);
    }

    [Fact]
    public void Mixup_blends_evenly_over_the_image() => Assert.Single(
        Values(new Mixing(Mixup: 1).Apply(batch, Classes, 1, 0, 0).Images[1]).Distinct());

    [Fact]
    public void Batches_that_are_not_mixed_have_one_hot_targets()
    {
        var result = new Mixing(Mixup: 1, Probability: 0).Apply(batch, Classes, 1, 0, 0);
        Assert.Equal(Values(eye(Classes)), Values(result.Targets!));
        Assert.Equal(Values(batch.Images), Values(result.Images));
    }

    [Fact]
    public void The_batch_itself_is_not_changed()
    {
        var before = Values(batch.Images);
        new Mixing(CutMix: 1).Apply(batch, Classes, 1, 0, 0);
        Assert.Equal(before, Values(batch.Images));
    }

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(0, 5, 1)]
    [InlineData(1, 0, 1.5)]
    [InlineData(double.NaN, 0, 1)]
    public void Options_out_of_range_are_refused(double mixup, double cutMix, double probability) =>
        Assert.Throws<UserException>(() => new Mixing(mixup, cutMix, probability).Apply(batch, Classes, 1, 0, 0));

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-4)]
    public void An_alpha_of_next_to_nothing_takes_one_image_or_the_other(double alpha)
    {
        Batch Mixed(int step) => new Mixing(alpha).Apply(batch, Classes, 1, 0, step);
        float[] kept = [.. Enumerable.Range(0, 40).Select(step => Values(Mixed(step).Targets!)[0])];
        Assert.All(kept, share => Assert.True(Math.Min(share, 1 - share) < 1e-4, $"{share}"));
        Assert.InRange(kept.Count(share => share > 0.5), 8, 32);
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
