using System.Text.Json.Serialization;

namespace DistillKit.Data;

/// <summary>How images are mirrored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Flip>))]
public enum Flip
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Each image with probability 1/2, anew in each epoch.</summary>
    Random,

    /// <summary>
    /// Each image in every second epoch; which half begins is random. Every two epochs show each image both ways, which helps short runs:
    /// Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024.
    /// </summary>
    Alternating,
}

/// <summary>Random changes that keep an image's class. <c>new Augmentation()</c> is the usual crop and flip.</summary>
/// <param name="Padding">Images are shifted by up to this many pixels; the border is filled by reflection.</param>
/// <param name="Flip">How images are mirrored.</param>
/// <param name="Cutout">
/// The side of a square that is blanked, 0 for none; its centre is anywhere in the image, so it may be cut by the border.
/// DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Augmentation(int Padding = 4, Flip Flip = Flip.Random, int Cutout = 0)
{
    /// <summary>Images as they are.</summary>
    public static Augmentation None { get; } = new(0, Flip.None);

    /// <summary>Draws what happens to each image of a batch. The result depends on the arguments alone.</summary>
    /// <param name="images">The indices of the images.</param>
    /// <param name="imageSize">Their height and width.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="step">The step in the epoch, from 0.</param>
    /// <exception cref="UserException">An option is out of range.</exception>
    public Distortion[] Draw(ReadOnlySpan<int> images, int imageSize, ulong seed, int epoch, int step)
    {
        Validate(imageSize);
        var random = SplitMix64.At(seed, (long)Purpose.Augmentation, epoch, step);
        var distortions = new Distortion[images.Length];
        for (var i = 0; i < images.Length; i++) distortions[i] = Draw(random, images[i], imageSize, seed, epoch);
        return distortions;
    }

    /// <summary>Draws a fixed view of each image. It depends on the image, the seed and the view's number, and neither on the batch nor on its place in it.</summary>
    /// <param name="images">The indices of the images.</param>
    /// <param name="imageSize">Their height and width.</param>
    /// <param name="seed">Of the views, <see cref="Views.Seed"/>.</param>
    /// <param name="view">The view's number, from 0.</param>
    /// <exception cref="UserException">An option is out of range.</exception>
    public Distortion[] DrawView(ReadOnlySpan<int> images, int imageSize, ulong seed, int view)
    {
        Validate(imageSize);
        var distortions = new Distortion[images.Length];
        for (var i = 0; i < images.Length; i++) distortions[i] = Draw(SplitMix64.At(seed, (long)Purpose.View, view, images[i]), images[i], imageSize, seed, view);
        return distortions;
    }

    private void Validate(int imageSize)
    {
        if (Padding < 0 || Padding >= imageSize || Cutout < 0 || Cutout > imageSize)
            throw new UserException($"Padding {Padding} and cutout {Cutout} must be at least 0 and no more than the image's {imageSize} pixels allow.");
    }

    private Distortion Draw(SplitMix64 random, int image, int imageSize, ulong seed, int epoch)
    {
        var (down, right) = (random.Below(2 * Padding + 1) - Padding, random.Below(2 * Padding + 1) - Padding);
        var coin = random.Below(2) == 1;
        var first = Flip == Flip.Alternating && SplitMix64.At(seed, (long)Purpose.FirstFlip, image).Below(2) == 1;
        var flip = Flip switch { Flip.Random => coin, Flip.Alternating => first ^ (epoch % 2 == 1), _ => false };
        return new(down, right, flip, random.Below(imageSize) - Cutout / 2, random.Below(imageSize) - Cutout / 2);
    }
}

/// <summary>What happens to one image.</summary>
/// <param name="Down">The row of the image that becomes the first row; negative rows are reflected.</param>
/// <param name="Right">The column that becomes the first column, or the last one of a mirrored image.</param>
/// <param name="Mirrored">Whether left and right change places.</param>
/// <param name="CutoutTop">The first blanked row, which may be outside.</param>
/// <param name="CutoutLeft">The first blanked column, which may be outside.</param>
public readonly record struct Distortion(int Down, int Right, bool Mirrored, int CutoutTop, int CutoutLeft);

/// <summary>What random numbers are for: each purpose has a sequence of its own.</summary>
internal enum Purpose
{
    Order,
    Augmentation,
    FirstFlip,
    Mixing,
    View,
}
