using static TorchSharp.torch;

namespace DistillKit.Data;

/// <summary>
/// The batches of one pass over a set. A batch depends on the plan and its step alone, so that a run which is resumed at any step
/// goes on exactly as it would have.
/// </summary>
public sealed class BatchPlan
{
    private readonly DeviceImages images;
    private readonly int batchSize;
    private readonly ulong seed;
    private readonly int epoch;
    private readonly Augmentation? augmentation;
    private readonly Mixing? mixing;
    private readonly Views? views;
    private readonly int[] order;

    internal BatchPlan(DeviceImages images, int batchSize)
    {
        (this.images, this.batchSize) = (images, batchSize);
        order = [.. Enumerable.Range(0, images.Count)];
        Count = (images.Count + batchSize - 1) / batchSize;
    }

    internal BatchPlan(DeviceImages images, int batchSize, Augmentation augmentation, Views views, int view)
        : this(images, batchSize) => (this.augmentation, this.views, epoch) = (augmentation, views, view);

    internal BatchPlan(DeviceImages images, int batchSize, ulong seed, int epoch, Augmentation augmentation, Mixing? mixing, Views? views)
        : this(images, batchSize)
    {
        if (images.Count < batchSize)
            throw new UserException($"A batch of {batchSize} is more than the {images.Count} training images: choose a smaller batch.");
        (this.seed, this.epoch, this.augmentation, this.mixing, this.views) = (seed, epoch, augmentation, mixing, views);
        SplitMix64.At(seed, (long)Purpose.Order, epoch).Shuffle(order.AsSpan());
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
        var distortions = views is null
            ? augmentation.Draw(indices, images.ImageSize, seed, epoch, step)
            : augmentation.DrawView(indices, images.ImageSize, views.Seed, views.Of(epoch));
        var batch = images.Take(indices, distortions, augmentation.Cutout, resolution);
        if (views is not null)
            batch = batch with { View = new(views.Of(epoch), tensor(Array.ConvertAll(indices.ToArray(), index => (long)index)).to(images.Device)) };
        if (mixing is not null)
            batch = mixing.Apply(batch, images.Classes, seed, epoch, step);
        batch.Images.MoveToOuterDisposeScope();
        batch.Labels.MoveToOuterDisposeScope();
        batch.Targets?.MoveToOuterDisposeScope();
        batch.View?.Indices.MoveToOuterDisposeScope();
        return batch;
    }
}
