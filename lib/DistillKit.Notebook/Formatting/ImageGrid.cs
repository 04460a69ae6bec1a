using System.Net;
using DistillKit.Data;
using static TorchSharp.torch;

namespace DistillKit.Notebook.Formatting;

/// <summary>Pictures side by side, each with a caption.</summary>
/// <param name="Images">Each picture's pixels, <c>[height, width, 3]</c>, and its caption.</param>
/// <param name="Size">Their height and width.</param>
/// <param name="Columns">Pictures in a row.</param>
/// <param name="Remark">What is said below; null for nothing.</param>
public sealed record ImageGrid(IReadOnlyList<(byte[] Pixels, string Caption)> Images, int Size, int Columns = 10, string? Remark = null)
{
    private const int Most = 40;
    private const int Zoom = 2;

    /// <summary>The first images of a set with their classes.</summary>
    public static ImageGrid Of(ImageSet set, int count = Most, int columns = 10) => new(
        [.. Enumerable.Range(0, Math.Min(count, set.Count)).Select(i => (Interleaved(set.Image(i), set.ImageSize), set.ClassNames[set.Labels[i]]))],
        set.ImageSize, columns, Left(set.Count, count));

    /// <summary>The first images of a batch, as the network sees them before its normalization is undone.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="normalization">What the batch was normalized with; without it, the darkest and the lightest value of the batch span the colours.</param>
    /// <param name="classNames">The names of the classes; without them, the captions are numbers.</param>
    /// <param name="count">How many to show.</param>
    /// <param name="columns">Pictures in a row.</param>
    public static ImageGrid Of(Batch batch, Normalization? normalization = null, IReadOnlyList<string>? classNames = null, int count = Most, int columns = 10)
    {
        using var scope = NewDisposeScope();
        var shape = batch.Images.shape;
        var (size, shown) = ((int)shape[3], (int)Math.Min(count, shape[0]));
        var values = batch.Images.to(CPU).to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var labels = batch.Labels.to(CPU).data<long>().ToArray();
        normalization ??= Spanning(values);
        var plane = size * size;
        return new([.. Enumerable.Range(0, shown).Select(i => (Pixels(i), classNames?[(int)labels[i]] ?? labels[i].ToString()))], size, columns, Left((int)shape[0], count));

        byte[] Pixels(int image)
        {
            var pixels = new byte[plane * ImageSet.Channels];
            for (var channel = 0; channel < ImageSet.Channels; channel++)
                for (var i = 0; i < plane; i++)
                    pixels[i * ImageSet.Channels + channel] = (byte)Math.Clamp(
                        MathF.Round(255 * (values[(image * ImageSet.Channels + channel) * plane + i] * normalization.Deviation[channel] + normalization.Mean[channel])), 0, 255);
            return pixels;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Images.Count} images of {Size} x {Size}: {string.Join(", ", Images.Select(image => image.Caption))}";

    internal string ToHtml()
    {
        var rows = Images.Chunk(Columns).Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>\n");
        return $"<table>\n{string.Concat(rows)}</table>{(Remark is null ? "" : $"<div>{WebUtility.HtmlEncode(Remark)}</div>")}";
    }

    private string Cell((byte[] Pixels, string Caption) image)
    {
        var caption = WebUtility.HtmlEncode(image.Caption);
        return $"<td style=\"text-align:center\"><img src=\"{PngImage.ToDataUri(PngImage.Encode(image.Pixels, Size, Size))}\" width=\"{Zoom * Size}\" height=\"{Zoom * Size}\" alt=\"{caption}\" style=\"image-rendering:pixelated\"><br>{caption}</td>";
    }

    // Planar to interleaved.
    private static byte[] Interleaved(ReadOnlySpan<byte> image, int size)
    {
        var (plane, pixels) = (size * size, new byte[image.Length]);
        for (var channel = 0; channel < ImageSet.Channels; channel++)
            for (var i = 0; i < plane; i++) pixels[i * ImageSet.Channels + channel] = image[channel * plane + i];
        return pixels;
    }

    private static Normalization Spanning(float[] values)
    {
        var (least, most) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
        var range = most > least ? most - least : 1;
        return new([-least / range, -least / range, -least / range], [1 / range, 1 / range, 1 / range]);
    }

    private static string? Left(int all, int shown) => all > shown ? FormattableString.Invariant($"{all - shown:n0} more") : null;
}
