namespace DistillKit.Data;

/// <summary>Images on the training device, ready for a network.</summary>
/// <param name="Images">Normalized pixels, float32 <c>[N, 3, S, S]</c>, channels-last in memory.</param>
/// <param name="Labels">The class of each image, int64 <c>[N]</c>.</param>
/// <param name="Targets">Class probabilities, float32 <c>[N, K]</c>, when images were mixed; otherwise null.</param>
/// <param name="View">Which fixed view of which images this is; null where each epoch draws its own, and where images were mixed.</param>
public sealed record Batch(Tensor Images, Tensor Labels, Tensor? Targets = null, ViewedImages? View = null);

/// <summary>A fixed view (<see cref="AugmentedViews"/>) of some images.</summary>
/// <param name="Number">The view, from 0.</param>
/// <param name="Indices">The images' places in their set, int64 <c>[N]</c>.</param>
public sealed record ViewedImages(int Number, Tensor Indices);

/// <summary>The batches of one pass over a set. A batch depends on the pass and its step alone: runs can be resumed.</summary>
public sealed class EpochBatches
{
    private readonly DeviceImages images;
    private readonly int batchSize;
    private readonly ulong seed;
    private readonly int epoch;
    private readonly Augmentation? augmentation;
    private readonly Mixing? mixing;
    private readonly AugmentedViews? views;
    private readonly int[] order;

    internal EpochBatches(DeviceImages images, int batchSize)
    {
        (this.images, this.batchSize) = (images, batchSize);
        order = [.. Enumerable.Range(0, images.Count)];
        Count = (images.Count + batchSize - 1) / batchSize;
    }

    internal EpochBatches(DeviceImages images, int batchSize, Augmentation augmentation, AugmentedViews views, int view)
        : this(images, batchSize) => (this.augmentation, this.views, epoch) = (augmentation, views, view);

    internal EpochBatches(
        DeviceImages images, int batchSize, ulong seed, int epoch, Augmentation augmentation, Mixing? mixing, AugmentedViews? views)
        : this(images, batchSize)
    {
        if (images.Count < batchSize)
            throw new UserException($"A batch of {batchSize} is more than the {images.Count} training images: choose a smaller batch.");
        (this.seed, this.epoch, this.augmentation, this.mixing, this.views) = (seed, epoch, augmentation, mixing, views);
        SplitMix64.At(seed, (long)RandomPurpose.Order, epoch).Shuffle(order.AsSpan());
        Count = images.Count / batchSize;
    }

    /// <summary>The number of batches.</summary>
    public int Count { get; }

    /// <summary>Makes the batch of a step. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="resolution">Height and width of the images, when not the set's own.</param>
    public Batch Load(int step, int? resolution = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)step, (uint)Count, nameof(step));
        var start = step * batchSize;
        var indices = order.AsSpan(start, Math.Min(batchSize, order.Length - start));
        if (augmentation is null)
            return images.Take(indices, resolution: resolution);

        using var scope = NewDisposeScope();
        var transforms = views is null
            ? augmentation.Draw(indices, images.ImageSize, seed, epoch, step)
            : augmentation.DrawView(indices, images.ImageSize, views.Seed, views.Of(epoch));
        var batch = images.Take(indices, transforms, augmentation.Cutout, resolution);
        if (views is not null)
            batch = batch with { View = new(views.Of(epoch), images.OnDevice(indices)) };
        if (mixing is not null)
            batch = mixing.Apply(batch, images.Classes, seed, epoch, step);
        batch.Images.MoveToOuterDisposeScope();
        batch.Labels.MoveToOuterDisposeScope();
        batch.Targets?.MoveToOuterDisposeScope();
        batch.View?.Indices.MoveToOuterDisposeScope();
        return batch;
    }
}
