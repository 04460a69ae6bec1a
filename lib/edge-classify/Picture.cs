using System.Buffers.Binary;
using System.IO.Compression;
using DistillKit.Edge;
using StbImageSharp;

namespace EdgeClassify;

/// <summary>An image in memory: red, green and blue of each pixel, row by row from the top.</summary>
internal sealed record Picture(int Width, int Height, byte[] Pixels)
{
    /// <summary>More would not be a photograph but an attack on memory; no format packs more pixels into a byte than the last.</summary>
    private const long MostPixels = 1 << 26, MostSide = 1 << 15, MostFileBytes = 1 << 28, MostPixelsOfByte = 10_000;

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>Reads a PNG, JPEG, BMP, TGA, PSD or GIF file.</summary>
    /// <exception cref="EdgeException">It cannot be read, is damaged, or is of another kind.</exception>
    public static Picture Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MostFileBytes)
                throw new EdgeException($"The image {path} has more than {MostFileBytes >> 20} MiB. Give a smaller one.");
            var file = new byte[stream.Length];
            stream.ReadExactly(file);
            return Decode(file, path);
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
            var isPng = file.AsSpan().StartsWith(PngStart);
            var (width, height) = isPng ? (BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(16)),
                BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(20))) : Size(file, name);
            if (width is < 1 or > MostSide || height is < 1 or > MostSide
                || width * height > Math.Min(MostPixels, file.Length * MostPixelsOfByte))
                throw new EdgeException($"The image {name} says it has {width} x {height} pixels in {file.Length} bytes. "
                    + $"Give one of at most {MostSide} pixels a side and {MostPixels} in all.");
            if (isPng)
                CheckChunks(file, 2 * height * (8 * width + 16));
            var image = ImageResult.FromStream(new EndingStream(file), ColorComponents.RedGreenBlue);
            return new(image.Width, image.Height, image.Data);
        }
        catch (Exception e) when (e is not EdgeException)
        {
            // The decoder has no type of its own for what is wrong with a file.
            throw new EdgeException($"The image {name} is damaged. Copy or convert it again.", e);
        }
    }

    private static (long Width, long Height) Size(byte[] file, string name) => ImageInfo.FromStream(new EndingStream(file)) is { } header
        ? (header.Width, header.Height)
        : throw new EdgeException($"The file {name} is no image that this program knows. Convert it to PNG or JPEG.");

    /// <summary>Refuses a PNG whose chunks or pixels take more room than there is: the decoder trusts what they say.</summary>
    private static void CheckChunks(ReadOnlySpan<byte> file, long mostBytes)
    {
        using var pixels = new MemoryStream();
        for (var at = 8; at + 8 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (file.Slice(at + 8, checked((int)length)) is var data && file.Slice(at + 4, 4).SequenceEqual("IDAT"u8))
                pixels.Write(data);
            at += 12 + data.Length;
        }
        pixels.Position = 0;
        using var inflated = new ZLibStream(pixels, CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        for (int read; (read = inflated.Read(buffer)) > 0; mostBytes -= read)
            if (read > mostBytes)
                throw new InvalidDataException("more pixels than the header says");
    }

    /// <summary>Another size by linear interpolation; where pixels are lost, each is the triangle-weighted mean of all it covers.</summary>
    /// <returns>Planar floats in 0..255: [3, height, width].</returns>
    public float[] Resized(int width, int height)
    {
        if (Math.Max(3L * width * Height, 3L * width * height) > Array.MaxLength / sizeof(float))
            throw new EdgeException($"An image of {Width} x {Height} pixels is too large to become {width} x {height}. Make it smaller.");
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
