namespace DistillKit.Data;

/// <summary>A whole set in the memory of the training device, as bytes; batches are cut out of it there (after cifar10-airbench).</summary>
public sealed class DeviceImages : IDisposable
{
    private readonly Tensor pixels;
    private readonly Tensor labels;
    private readonly Tensor scale;
    private readonly Tensor shift;

    /// <summary>Copies a set to a device, with the normalization that the network expects; measured on the set when not given.</summary>
    public DeviceImages(ImageSet set, Device device, Normalization? normalization = null)
    {
        normalization ??= Normalization.Of(set);
        (Count, ImageSize, Classes, Device) = (set.Count, set.ImageSize, set.ClassNames.Count, device);
        using var scope = NewDisposeScope();
        // Channels last: a row of the image is one piece of memory, and a batch comes out the way convolutions want it.
        var planar = tensor(set.Pixels, [Count, ImageSet.Channels, ImageSize, ImageSize]).to(device);
        pixels = planar.permute(0, 2, 3, 1).contiguous().view(-1, ImageSet.Channels).DetachFromDisposeScope();
        labels = tensor(Array.ConvertAll(set.Labels, label => (long)label)).to(device).DetachFromDisposeScope();

        // (value / 255 - mean) / deviation as one multiplication and one addition, laid out for a whole row of pixels.
        scale = Row(channel => 1 / (255 * normalization.Deviation[channel]));
        shift = Row(channel => -normalization.Mean[channel] / normalization.Deviation[channel]);
    }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>Their height and width.</summary>
    public int ImageSize { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>Where the images are.</summary>
    public Device Device { get; }

    /// <summary>Stops whatever runs over the images, at its next batch, with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>All images in their order, as they are; the last batch may be smaller. For evaluation.</summary>
    public EpochBatches Batches(int batchSize) => new(this, batchSize);

    /// <summary>One training epoch: a random order, augmented; images that do not fill a batch are left out of this epoch.</summary>
    /// <exception cref="UserException">There are fewer images than a batch takes.</exception>
    public EpochBatches ShuffledBatches(
        int batchSize, ulong seed, int epoch, Augmentation augmentation, Mixing? mixing = null, AugmentedViews? views = null) =>
        new(this, batchSize, seed, epoch) { Augmentation = augmentation, Mixing = mixing, Views = views };

    /// <summary>A fixed view of all images, in their order; the last batch may be smaller.</summary>
    public EpochBatches AugmentedBatches(int batchSize, Augmentation augmentation, AugmentedViews views, int view) =>
        new(this, batchSize) { Augmentation = augmentation, Views = views, Epoch = view };

    /// <summary>Cuts a batch out of the set. The tensors belong to the caller's dispose scope.</summary>
    /// <param name="images">The indices of the images.</param>
    /// <param name="transforms">What happens to each image; nothing when empty.</param>
    /// <param name="cutout">The side of the square that is blanked (with the mean colour), 0 for none.</param>
    public Batch Take(ReadOnlySpan<int> images, ReadOnlySpan<ImageTransform> transforms = default, int cutout = 0)
    {
        Cancellation.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var (batch, size) = (images.Length, ImageSize);
        // One index for each pixel, so that crop, reflection and flip are one gather.
        var (rows, columns) = Positions(images, transforms);
        var index = tensor(rows, [batch, size, 1]).to(Device).add(tensor(columns, [batch, 1, size]).to(Device), Number.One);
        var gathered = pixels.index_select(0, index.view(-1)).view(batch, size, size * ImageSet.Channels);
        var normalized = gathered.to(ScalarType.Float32).mul_(scale).add_(shift, Number.One).view(batch, size, size, ImageSet.Channels);
        if (cutout > 0) normalized.mul_(Kept(transforms, cutout));
        var own = labels.index_select(0, OnDevice(images)).MoveToOuterDisposeScope();
        return new(normalized.permute(0, 3, 1, 2).MoveToOuterDisposeScope(), own);
    }

    /// <summary>Indices of images as a tensor, [N] of int64.</summary>
    internal Tensor OnDevice(ReadOnlySpan<int> indices) => tensor(Array.ConvertAll(indices.ToArray(), index => (long)index)).to(Device);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[pixels, labels, scale, shift]) tensor.Dispose();
    }

    /// <summary>The number of each row's first pixel, [N, S], and the place of each column in its row, [N, S].</summary>
    private (long[] Rows, long[] Columns) Positions(ReadOnlySpan<int> images, ReadOnlySpan<ImageTransform> transforms)
    {
        var (rows, columns) = (new long[images.Length * ImageSize], new long[images.Length * ImageSize]);
        for (var i = 0; i < images.Length; i++)
        {
            var transform = transforms.IsEmpty ? default : transforms[i];
            for (var along = 0; along < ImageSize; along++)
            {
                rows[i * ImageSize + along] = ((long)images[i] * ImageSize + Reflect(along + transform.Down)) * ImageSize;
                columns[i * ImageSize + along] = Reflect((transform.Mirrored ? ImageSize - 1 - along : along) + transform.Right);
            }
        }
        return (rows, columns);
    }

    /// <summary>A position outside of the image, mirrored at the first and the last pixel: -1 becomes 1, and S becomes S - 2.</summary>
    private int Reflect(int position) => ImageSize - 1 - Math.Abs(ImageSize - 1 - Math.Abs(position));

    /// <summary>0 in each image's square, 1 elsewhere: [N, S, S, 1].</summary>
    private Tensor Kept(ReadOnlySpan<ImageTransform> transforms, int cutout)
    {
        var places = OnDevice([.. Enumerable.Range(0, ImageSize)]);
        Tensor Outside(int[] starts)
        {
            var along = places.sub(OnDevice(starts).unsqueeze(1));
            return along.lt(Number.Of(0L)).logical_or(along.ge(Number.Of((long)cutout)));
        }
        var rows = Outside(Array.ConvertAll(transforms.ToArray(), transform => transform.CutoutTop));
        var columns = Outside(Array.ConvertAll(transforms.ToArray(), transform => transform.CutoutLeft));
        return rows.unsqueeze(2).logical_or(columns.unsqueeze(1)).unsqueeze(3);
    }

    private Tensor Row(Func<int, float> valueOfChannel) =>
        tensor([.. Enumerable.Range(0, ImageSize * ImageSet.Channels).Select(i => valueOfChannel(i % ImageSet.Channels))])
            .to(Device).DetachFromDisposeScope();
}
