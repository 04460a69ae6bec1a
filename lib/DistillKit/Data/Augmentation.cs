namespace DistillKit.Data;

/// <summary>How images are mirrored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Flip>))]
public enum Flip
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Each image with probability 1/2, drawn in each epoch.</summary>
    Random,

    /// <summary>Each image in every second epoch, half of them first, so that two epochs show each both ways (Jordan 2024).</summary>
    Alternating,
}

/// <summary>Random changes that keep an image's class. <c>new Augmentation()</c> is the usual crop and flip.</summary>
/// <param name="Padding">Images are shifted by up to this many pixels; the border is filled by reflection.</param>
/// <param name="Cutout">The side of a square that is blanked, 0 for none; its centre is anywhere in the image, so it may be cut by the
/// border. DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.</param>
public sealed record Augmentation(
    [property: Range(0, ImageSet.LargestSize)] int Padding = 4,
    Flip Flip = Flip.Random,
    [property: Range(0, ImageSet.LargestSize)] int Cutout = 0)
{
    /// <summary>Images as they are.</summary>
    public static Augmentation None { get; } = new(0, Flip.None);

    /// <summary>Draws what happens to each image of a batch, by its index. The result depends on the arguments alone.</summary>
    /// <exception cref="UserException">An option is out of range.</exception>
    public ImageTransform[] Draw(ReadOnlySpan<int> images, int imageSize, ulong seed, int epoch, int step)
    {
        ValidateFor(imageSize);
        var random = SplitMix64.At(seed, (long)RandomPurpose.Augmentation, epoch, step);
        return [.. images.ToArray().Select(image => Draw(random, image, imageSize, seed, epoch))];
    }

    /// <summary>Draws a fixed view of each image. It depends on the image, the seed and the view's number, not on the batch.</summary>
    /// <exception cref="UserException">An option is out of range.</exception>
    public ImageTransform[] DrawView(ReadOnlySpan<int> images, int imageSize, ulong seed, int view)
    {
        ValidateFor(imageSize);
        SplitMix64 At(int image) => SplitMix64.At(seed, (long)RandomPurpose.View, view, image);
        return [.. images.ToArray().Select(image => Draw(At(image), image, imageSize, seed, view))];
    }

    /// <summary>Checks that images of so many pixels can be shifted and blanked so far.</summary>
    /// <exception cref="UserException">They cannot.</exception>
    public void ValidateFor(int imageSize)
    {
        var limits = FormattableString.Invariant($"for images of {imageSize} pixels");
        Fields.Require(Padding >= 0 && Padding < imageSize, "augmentation", "padding", $"from 0 to {imageSize - 1} {limits}", Padding);
        Fields.Require(Cutout >= 0 && Cutout <= imageSize, "augmentation", "cutout", $"from 0 to {imageSize} {limits}", Cutout);
    }

    private ImageTransform Draw(SplitMix64 random, int image, int imageSize, ulong seed, int epoch)
    {
        var (down, right) = (random.Below(2 * Padding + 1) - Padding, random.Below(2 * Padding + 1) - Padding);
        var coin = random.Below(2) == 1;
        var first = Flip == Flip.Alternating && SplitMix64.At(seed, (long)RandomPurpose.FirstFlip, image).Below(2) == 1;
        var flip = Flip switch
        {
            Flip.None => false,
            Flip.Random => coin,
            Flip.Alternating => first ^ (epoch % 2 == 1),
            _ => throw new NotSupportedException($"There is no flip {Flip}."),
        };
        return new(down, right, flip, random.Below(imageSize) - Cutout / 2, random.Below(imageSize) - Cutout / 2);
    }
}

/// <summary>Fixed augmented views: epoch e shows view e mod <paramref name="Count"/>, so that answers can be stored.</summary>
/// <param name="Count">More of them cost the teacher more and teach the student better.</param>
/// <param name="Seed">Decides crops, flips and cutouts; the order of the images stays the run's.</param>
public sealed record AugmentedViews([property: Range(1, 1000)] int Count, ulong Seed = 1)
{
    /// <summary>The view that an epoch shows, both counted from 0.</summary>
    public int Of(int epoch) => epoch % Count;
}

/// <summary>What happens to one image; rows and columns outside of it are reflected, or not blanked.</summary>
/// <param name="Down">The row of the image that becomes the first row.</param>
/// <param name="Right">The column that becomes the first column, or the last one of a mirrored image.</param>
/// <param name="Mirrored">Whether left and right change places.</param>
public readonly record struct ImageTransform(int Down, int Right, bool Mirrored, int CutoutTop, int CutoutLeft);

/// <summary>What random numbers are for: each purpose has a sequence of its own.</summary>
internal enum RandomPurpose
{
    Order,
    Augmentation,
    FirstFlip,
    Mixing,
    View,
}
