using System.Net;
using StbImageWriteSharp;

namespace DistillKit.Notebook.Formatting;

/// <summary>Pictures side by side, each with a caption.</summary>
/// <param name="Images">Each picture's pixels, <c>[height, width, 3]</c>, and its caption.</param>
public sealed record ImageGrid(IReadOnlyList<(byte[] Pixels, string Caption)> Images, int Size, int Columns = 10, string? Remark = null)
{
    private const int Most = 40;
    private const int Zoom = 2;

    /// <summary>The first images of a set with their classes.</summary>
    public static ImageGrid Of(ImageSet set, int count = Most, int columns = 10) => new(
        [.. Enumerable.Range(0, Math.Min(count, set.Count)).Select(i => (Interleaved(set.Image(i)), set.ClassNames[set.Labels[i]]))],
        set.ImageSize, columns, More(set.Count, count));

    /// <summary>The first images of a batch, as they were before their normalization.</summary>
    /// <param name="normalization">Without it, the darkest and the lightest value of the batch span the colours.</param>
    /// <param name="classNames">Without them, the captions are numbers.</param>
    public static ImageGrid Of(
        Batch batch, Normalization? normalization = null, IReadOnlyList<string>? classNames = null, int count = Most, int columns = 10)
    {
        using var scope = NewDisposeScope();
        var shape = batch.Images.shape;
        var (size, shown) = ((int)shape[3], (int)Math.Min(count, shape[0]));
        var values = batch.Images.to(CPU).to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var labels = batch.Labels.to(CPU).data<long>().ToArray();
        var (mean, deviation) = normalization ?? Spanning(values);
        var plane = size * size;
        var images = values.Chunk(ImageSet.Channels * plane).Select((image, i) => (Interleaved([.. image.Select(Colour)]), Caption(i)));
        return new([.. images.Take(shown)], size, columns, More((int)shape[0], count));

        byte Colour(float value, int i) => (byte)Math.Clamp(MathF.Round(255 * (value * deviation[i / plane] + mean[i / plane])), 0, 255);

        string Caption(int i) => classNames?[(int)labels[i]] ?? labels[i].ToString();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var captions = string.Join(", ", Images.Select(image => image.Caption));
        return $"{Images.Count} image{(Images.Count == 1 ? "" : "s")} of {Size} x {Size}: {captions}";
    }

    internal string ToHtml()
    {
        var rows = Images.Chunk(Columns).Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>\n");
        return $"<table>\n{string.Concat(rows)}</table>{(Remark is null ? "" : $"<div>{WebUtility.HtmlEncode(Remark)}</div>")}";
    }

    private string Cell((byte[] Pixels, string Caption) image)
    {
        // The writer does not check it.
        var bytes = Size * Size * ImageSet.Channels;
        if (image.Pixels.Length != bytes)
            throw new UserException($"A picture of {Size} x {Size} needs {bytes} bytes, not {image.Pixels.Length}.");
        using var png = new MemoryStream();
        new ImageWriter().WritePng(image.Pixels, Size, Size, ColorComponents.RedGreenBlue, png);
        var caption = WebUtility.HtmlEncode(image.Caption);
        var look = $"width=\"{Zoom * Size}\" height=\"{Zoom * Size}\" alt=\"{caption}\" style=\"image-rendering:pixelated\"";
        var source = $"data:image/png;base64,{Convert.ToBase64String(png.ToArray())}";
        return $"<td style=\"text-align:center\"><img src=\"{source}\" {look}><br>{caption}</td>";
    }

    private static byte[] Interleaved(ReadOnlySpan<byte> planes)
    {
        var (plane, pixels) = (planes.Length / ImageSet.Channels, new byte[planes.Length]);
        for (var i = 0; i < pixels.Length; i++) pixels[i % plane * ImageSet.Channels + i / plane] = planes[i];
        return pixels;
    }

    private static Normalization Spanning(float[] values)
    {
        var (least, most) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
        var range = most > least ? most - least : 1;
        return new([-least / range, -least / range, -least / range], [1 / range, 1 / range, 1 / range]);
    }

    private static string? More(int all, int shown) => all > shown ? FormattableString.Invariant($"{all - shown:n0} more") : null;
}
