using DistillKit.Edge;
using StbImageSharp;

namespace EdgeClassify;

/// <summary>An image in memory: red, green and blue of each pixel, row by row from the top.</summary>
internal sealed record Picture(int Width, int Height, byte[] Pixels)
{
    /// <summary>More would not be a photograph but an attack on memory.</summary>
    private const long MostPixels = 1 << 26;

    /// <summary>Reads a PNG, JPEG, BMP, TGA, PSD or GIF file.</summary>
    /// <exception cref="EdgeException">It cannot be read, is damaged, or is of another kind.</exception>
    public static Picture Read(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EdgeException($"The image {path} cannot be read. Give the path of a PNG or JPEG file.", e);
        }
    }

    /// <summary>Refuses sizes that are empty or far too large before the pixels are decoded.</summary>
    public static Picture Decode(byte[] file, string name)
    {
        try
        {
            if (ImageInfo.FromStream(new EndingStream(file)) is not { } header)
                throw new EdgeException($"The file {name} is no image that this program knows. Convert it to PNG or JPEG.");
            if (header.Width < 1 || header.Height < 1 || (long)header.Width * header.Height > MostPixels)
                throw new EdgeException($"The image says it has {header.Width} x {header.Height} pixels. "
                    + $"Give one with 1 to {MostPixels} pixels.");
            var image = ImageResult.FromStream(new EndingStream(file), ColorComponents.RedGreenBlue);
            return new(image.Width, image.Height, image.Data);
        }
        catch (Exception e) when (e is not EdgeException)
        {
            // The decoder has no type of its own for what is wrong with a file.
            throw new EdgeException($"The image {name} is damaged. Copy or convert it again.", e);
        }
    }

    /// <summary>Another size by linear interpolation; where pixels are lost, each is the triangle-weighted mean of all it covers.</summary>
    /// <returns>Planar floats in 0..255: [3, height, width].</returns>
    public float[] Resized(int width, int height)
    {
        var narrow = Stretched(Height, Width, width, (channel, y, x) => Pixels[(y * Width + x) * 3 + channel]);
        return Stretched(width, Height, height, (channel, x, y) => narrow[(channel * width + x) * Height + y]);
    }

    /// <summary>Brings all lines, whose values a function of channel, line and place gives, to another length.</summary>
    /// <returns>[3, new places, lines]</returns>
    private static float[] Stretched(int lines, int from, int to, Func<int, int, int, float> value)
    {
        var (scale, result) = ((double)from / to, new float[3 * to * lines]);
        var radius = Math.Max(1, scale);
        for (var i = 0; i < to; i++)
        {
            var center = (i + 0.5) * scale - 0.5;
            var first = Math.Max(0, (int)Math.Ceiling(center - radius));
            var weights = new double[Math.Min(from - 1, (int)Math.Floor(center + radius)) - first + 1];
            for (var j = 0; j < weights.Length; j++)
                weights[j] = Math.Max(0, 1 - Math.Abs(first + j - center) / radius);
            var total = weights.Sum();
            for (var line = 0; line < 3 * lines; line++)
                for (var j = 0; j < weights.Length; j++)
                    result[(line / lines * to + i) * lines + line % lines] +=
                        (float)(weights[j] / total) * value(line / lines, line % lines, first + j);
        }
        return result;
    }

    /// <summary>A file that ends its reader soon after its end: on a damaged JPEG the decoder would look for a marker for ever.</summary>
    private sealed class EndingStream(byte[] file) : MemoryStream(file)
    {
        private int readsAfterEnd;

        public override int ReadByte() => IsOver ? throw new EndOfStreamException() : base.ReadByte();

        public override int Read(byte[] buffer, int offset, int count) =>
            IsOver ? throw new EndOfStreamException() : base.Read(buffer, offset, count);

        private bool IsOver => Position >= Length && ++readsAfterEnd > 1000;
    }
}
