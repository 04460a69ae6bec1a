namespace DistillKit.Data;

/// <summary>Square RGB images with their labels, in main memory.</summary>
public sealed class ImageSet
{
    /// <summary>The number of colour channels.</summary>
    public const int Channels = 3;

    /// <summary>The largest height and width that images may have, or be resized to.</summary>
    public const int LargestSize = 1024;

    /// <summary>Makes a set of the given images; the arrays are kept, not copied.</summary>
    /// <param name="pixels">All images one after the other, each planar: all red, all green, all blue (<c>[N, 3, S, S]</c>).</param>
    /// <param name="labels">The class of each image, an index into <paramref name="classNames"/>.</param>
    /// <exception cref="ArgumentException">The images are not square, or a label has no class.</exception>
    public ImageSet(byte[] pixels, byte[] labels, IReadOnlyList<string> classNames)
    {
        var bytesPerImage = labels.Length == 0 ? 0 : pixels.Length / labels.Length;
        ImageSize = (int)Math.Round(Math.Sqrt(bytesPerImage / Channels));
        if (pixels.Length != (long)labels.Length * ImageBytes)
            throw new ArgumentException($"{pixels.Length} bytes are not {labels.Length} square RGB images.", nameof(pixels));
        if (labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classNames.Count - 1)) is var wrong and >= 0)
            throw new ArgumentException($"Label {labels[wrong]} of image {wrong} is not one of {classNames.Count} classes.");
        (Pixels, Labels, ClassNames) = (pixels, labels, classNames);
    }

    /// <summary>All pixels, <c>[N, 3, S, S]</c>.</summary>
    public byte[] Pixels { get; }

    /// <summary>The class of each image, <c>[N]</c>.</summary>
    public byte[] Labels { get; }

    /// <summary>The names of the classes, in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of images, N.</summary>
    public int Count => Labels.Length;

    /// <summary>Height and width of an image in pixels, S.</summary>
    public int ImageSize { get; }

    private int ImageBytes => Channels * ImageSize * ImageSize;

    /// <summary>The pixels of one image, <c>[3, S, S]</c>.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * ImageBytes, ImageBytes);

    /// <summary>A copy of the images with these indices, in this order.</summary>
    public ImageSet Subset(ReadOnlySpan<int> indices)
    {
        var (pixels, labels) = (new byte[indices.Length * ImageBytes], new byte[indices.Length]);
        for (var i = 0; i < indices.Length; i++)
        {
            Image(indices[i]).CopyTo(pixels.AsSpan(i * ImageBytes));
            labels[i] = Labels[indices[i]];
        }
        return new(pixels, labels, ClassNames);
    }

    /// <summary>A random sample for small runs: <paramref name="count"/> images, equally many of each class.</summary>
    /// <exception cref="UserException">The classes cannot all give that many images.</exception>
    public ImageSet Sample(int count, ulong seed = 0) =>
        Subset(StratifiedSplit.Create(Labels, ClassNames.Count, count, seed).Validation);
}
