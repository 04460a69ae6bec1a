using System.Net;
using StbImageWriteSharp;

namespace DistillKit.Notebook.Formatting;

/// <summary>Pictures side by side, each with a caption.</summary>
/// <param name="Images">Each picture's pixels, <c>[height, width, 3]</c>, and its caption.</param>
/// <param name="Zoom">How many times its size a picture is shown.</param>
/// <param name="Alternatives">What is read aloud in place of each picture; its caption when not given.</param>
public sealed record ImageGrid(
    IReadOnlyList<(byte[] Pixels, string Caption)> Images, int Size, int Columns = 10, string? Remark = null, int Zoom = 2,
    IReadOnlyList<string>? Alternatives = null)
{
    private const int Most = 40;
    private const float Opacity = 0.6f;

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

    /// <summary>Pictures at three times their size, and below them a row for each network: the same pictures in grey with its map over
    /// them, in a scale of colours that is ordered with and without red-green vision.</summary>
    /// <param name="rows">A name, and maps of values that are not negative, <c>[image, height, width]</c>, for instance of attention. Each
    /// is scaled by its own largest value.</param>
    public static ImageGrid Overlay(
        Batch batch, Normalization normalization, IReadOnlyList<string> classNames, params (string Name, Tensor Maps)[] rows)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var count = (int)batch.Images.shape[0];
        var plain = Of(batch, normalization, classNames, count, count);
        var pictures = new List<(byte[], string)>(plain.Images);
        var alternatives = plain.Images.Select(image => image.Caption).ToList();
        foreach (var (name, maps) in rows)
        {
            if (maps.shape.Length != 3 || maps.shape[0] != count)
            {
                throw new UserException(
                    $"Maps of {count} images have the shape [{count}, height, width], not [{string.Join(", ", maps.shape)}].");
            }
            if (!maps.isfinite().all().item<bool>())
                throw new UserException($"A map of {name} is not finite: its training has diverged, lower the learning rate.");
            var most = maps.flatten(1).amax(1).clamp(Number.Of(1e-30)).view(-1, 1, 1);
            var shares = nn.functional.interpolate((maps / most).unsqueeze(1), [plain.Size, plain.Size], mode: InterpolationMode.Nearest);
            var values = shares.to(CPU).to(ScalarType.Float32).contiguous().data<float>().ToArray().Chunk(plain.Size * plain.Size);
            foreach (var ((pixels, caption), map) in plain.Images.Zip(values))
            {
                pictures.Add((Colored(pixels, map), name));
                alternatives.Add($"{caption}, {name}: strongest {Place(Array.IndexOf(map, map.Max()), plain.Size)}");
            }
        }
        const string remark = "Over the grey pictures: dark blue where a map is 0, yellow where it is largest.";
        return new(pictures, plain.Size, count, remark, Zoom: 3, alternatives);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var captions = string.Join(", ", Images.Select(image => image.Caption));
        return $"{Images.Count} image{(Images.Count == 1 ? "" : "s")} of {Size} x {Size}: {captions}";
    }

    internal string ToHtml()
    {
        var cells = Images.Select((image, i) => Cell(image, Alternatives?[i] ?? image.Caption));
        var rows = cells.Chunk(Columns).Select(row => $"<tr>{string.Concat(row)}</tr>\n");
        return $"<table>\n{string.Concat(rows)}</table>{(Remark is null ? "" : $"<div>{WebUtility.HtmlEncode(Remark)}</div>")}";
    }

    private string Cell((byte[] Pixels, string Caption) image, string alternative)
    {
        // The writer does not check it.
        var bytes = Size * Size * ImageSet.Channels;
        if (image.Pixels.Length != bytes)
            throw new UserException($"A picture of {Size} x {Size} needs {bytes} bytes, not {image.Pixels.Length}.");
        using var png = new MemoryStream();
        new ImageWriter().WritePng(image.Pixels, Size, Size, ColorComponents.RedGreenBlue, png);
        var (caption, spoken) = (WebUtility.HtmlEncode(image.Caption), WebUtility.HtmlEncode(alternative));
        var look = $"width=\"{Zoom * Size}\" height=\"{Zoom * Size}\" alt=\"{spoken}\" style=\"image-rendering:pixelated\"";
        var source = $"data:image/png;base64,{Convert.ToBase64String(png.ToArray())}";
        return $"<td style=\"text-align:center\"><img src=\"{source}\" {look}><br>{caption}</td>";
    }

    // Only the map has colour, so none of the picture's is taken for it.
    private static byte[] Colored(byte[] pixels, float[] map)
    {
        var colored = new byte[pixels.Length];
        foreach (var (place, share) in map.Index())
        {
            var picture = pixels.AsSpan(place * ImageSet.Channels, ImageSet.Channels);
            var grey = 0.299f * picture[0] + 0.587f * picture[1] + 0.114f * picture[2];
            foreach (var (channel, part) in Theme.ScaleAt(share).Index())
                colored[place * ImageSet.Channels + channel] = (byte)MathF.Round(Opacity * part + (1 - Opacity) * grey);
        }
        return colored;
    }

    private static string Place(int pixel, int size)
    {
        var row = (pixel / size * 3 / size) switch { 0 => "upper", 1 => "middle", _ => "lower" };
        var column = (pixel % size * 3 / size) switch { 0 => "left", 1 => "centre", _ => "right" };
        return (row, column) == ("middle", "centre") ? "in the centre" : $"{row} {column}";
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
