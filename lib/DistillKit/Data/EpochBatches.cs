namespace DistillKit.Data;

/// <summary>Images on the training device, ready for a network.</summary>
/// <param name="Images">Normalized pixels, float32 <c>[N, 3, S, S]</c>, channels-last in memory.</param>
/// <param name="Labels">The class of each image, int64 <c>[N]</c>.</param>
/// <param name="Targets">Class probabilities, float32 <c>[N, K]</c>, when images were mixed; otherwise null.</param>
/// <param name="View">Which fixed view of which images this is; null where each epoch draws its own, and where images were mixed.</param>
public sealed record Batch(Tensor Images, Tensor Labels, Tensor? Targets = null, ViewedImages? View = null)
{
    /// <summary>The images at their set's own size, which a teacher sees; <see cref="Images"/> may be smaller.</summary>
    public Tensor Whole { get; private init; } = Images;

    /// <summary>The batch at a height and width, bilinear; null for the set's own. The caller's dispose scope owns what is new.</summary>
    internal Batch At(int? resolution) => this with
    {
        Images = resolution is { } size && size != Whole.shape[3]
            ? nn.functional.interpolate(Whole, [size, size], mode: InterpolationMode.Bilinear, align_corners: false)
            : Whole,
    };
}

/// <summary>A fixed view (<see cref="AugmentedViews"/>), from 0, of images with these places in their set, int64 <c>[N]</c>.</summary>
public sealed record ViewedImages(int Number, Tensor Indices);

/// <summary>The batches of one pass over a set. A batch depends on the pass and its step alone: runs can be resumed.</summary>
public sealed class EpochBatches
{
    private readonly DeviceImages images;
    private readonly int batchSize;
    private readonly int[] order;

    /// <summary>All images in their order; the last batch may be smaller.</summary>
    internal EpochBatches(DeviceImages images, int batchSize)
    {
        (this.images, this.batchSize) = (images, batchSize);
        order = [.. Enumerable.Range(0, images.Count)];
        Count = (images.Count + batchSize - 1) / batchSize;
    }

    /// <summary>A random order without the images that do not fill a batch.</summary>
    internal EpochBatches(DeviceImages images, int batchSize, ulong seed, int epoch) : this(images, batchSize)
    {
        if (images.Count < batchSize)
            throw new UserException($"A batch of {batchSize} is more than the {images.Count} training images: choose a smaller batch.");
        (Seed, Epoch, Count) = (seed, epoch, images.Count / batchSize);
        SplitMix64.At(seed, (long)RandomPurpose.Order, epoch).Shuffle(order.AsSpan());
    }

    internal ulong Seed { get; }

    /// <summary>The epoch, or the number of the view.</summary>
    internal int Epoch { get; init; }

    internal Augmentation? Augmentation { get; init; }

    internal Mixing? Mixing { get; init; }

    internal AugmentedViews? Views { get; init; }

    /// <summary>The number of batches.</summary>
    public int Count { get; }

    /// <summary>The batch of a step, from 0, at a resolution when not the set's own. The caller's dispose scope owns its tensors.</summary>
    public Batch Load(int step, int? resolution = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)step, (uint)Count, nameof(step));
        var start = step * batchSize;
        var indices = order.AsSpan(start, Math.Min(batchSize, order.Length - start));
        if (Augmentation is null) return images.Take(indices).At(resolution);
        using var scope = NewDisposeScope();
        var view = Views?.Of(Epoch);
        var transforms = view is { } number
            ? Augmentation.DrawView(indices, images.ImageSize, Views!.Seed, number)
            : Augmentation.Draw(indices, images.ImageSize, Seed, Epoch, step);
        var batch = images.Take(indices, transforms, Augmentation.Cutout);
        if (view is { } shown) batch = batch with { View = new(shown, images.OnDevice(indices)) };
        if (Mixing is not null) batch = Mixing.Apply(batch, images.Classes, Seed, Epoch, step);
        batch = batch.At(resolution);
        Tensor?[] parts = [batch.Images, batch.Whole, batch.Labels, batch.Targets, batch.View?.Indices];
        foreach (var part in parts.OfType<Tensor>().Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>())
            part.MoveToOuterDisposeScope();
        return batch;
    }
}
