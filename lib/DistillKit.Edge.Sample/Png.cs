using System.Buffers.Binary;
using System.IO.Compression;

namespace DistillKit.Edge.Sample;

/// <summary>
/// Decodes PNG with 8 bits, grey or RGB, with or without alpha (which is dropped), not interlaced: https://www.w3.org/TR/png-3/.
/// Checksums are left to the compressed data's own.
/// </summary>
internal static class Png
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static Picture Decode(ReadOnlySpan<byte> file)
    {
        using var compressed = new MemoryStream();
        var header = default(Header);
        var rest = file[Signature.Length..];
        while (true)
        {
            if (rest.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 12)
                throw Damaged("is cut off");
            var type = rest.Slice(4, 4);
            var data = rest.Slice(8, (int)length);
            if (type.SequenceEqual("IHDR"u8))
                header = Header.Read(data);
            else if (type.SequenceEqual("IDAT"u8))
                compressed.Write(data);
            else if (type.SequenceEqual("IEND"u8))
                break;
            rest = rest[(12 + data.Length)..];
        }
        compressed.Position = 0;
        return header.Channels > 0 ? Inflate(compressed, header) : throw Damaged("has no header");
    }

    private static Picture Inflate(Stream compressed, Header header)
    {
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        var (row, above, filter) = (new byte[header.Width * header.Channels], new byte[header.Width * header.Channels], new byte[1]);
        var pixels = new byte[header.Width * header.Height * 3];
        try
        {
            for (var y = 0; y < header.Height; y++)
            {
                inflated.ReadExactly(filter);
                inflated.ReadExactly(row);
                Unfilter(filter[0], row, above, header.Channels);
                for (var x = 0; x < header.Width; x++)
                    for (var channel = 0; channel < 3; channel++)
                        pixels[(y * header.Width + x) * 3 + channel] = row[x * header.Channels + (header.Channels < 3 ? 0 : channel)];
                (row, above) = (above, row);
            }
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw Damaged("has damaged pixels");
        }
        return new(header.Width, header.Height, pixels);
    }

    /// <summary>Undoes a row's filter in place (section 9 of the specification).</summary>
    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        if (filter > 4)
            throw Damaged($"has a row filter {filter}, which does not exist");
        for (var x = 0; x < row.Length; x++)
        {
            var (left, up, upLeft) = x < pixelBytes ? (0, above[x], 0) : (row[x - pixelBytes], above[x], above[x - pixelBytes]);
            row[x] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, upLeft) });
        }
    }

    private static int Paeth(int left, int up, int upLeft)
    {
        var (toLeft, toUp, toUpLeft) = (Math.Abs(up - upLeft), Math.Abs(left - upLeft), Math.Abs(left + up - 2 * upLeft));
        return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
    }

    private static EdgeException Damaged(string what) => new($"The PNG image {what}. Copy or convert it again.");

    private readonly record struct Header(int Width, int Height, int Channels)
    {
        public static Header Read(ReadOnlySpan<byte> data)
        {
            if (data.Length != 13)
                throw Damaged("has a header of the wrong length");
            var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
            Picture.CheckSize(width, height);
            var channels = data[9] switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
            return data[8] == 8 && channels > 0 && data[12] == 0 ? new((int)width, (int)height, channels)
                : throw new EdgeException("The PNG image has a palette, is interlaced, or does not have 8 bits. Convert it to plain 8-bit RGB.");
        }
    }
}
