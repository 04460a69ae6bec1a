using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DistillKit.Runs.Installation;

/// <summary>
/// Decodes the one kind of PNG that data comes in: 8-bit RGB, not interlaced, no palette, no alpha. The bytes are those in the file:
/// no colour management, no gamma. PNG specification, third edition, https://www.w3.org/TR/png-3/.
/// </summary>
public static class RgbPng
{
    private const int BytesPerPixel = 3;
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcEntry)];

    /// <summary>Decodes a file whose size is known beforehand.</summary>
    /// <returns>The pixels, row by row from the top, red, green and blue of each pixel: <c>[height, width, 3]</c>.</returns>
    /// <exception cref="InvalidDataException">It is no such image, is damaged, or has another size.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> file, int width, int height)
    {
        if (!file.StartsWith(Signature))
            throw new InvalidDataException("not a PNG image");
        using var compressed = new MemoryStream(file.Length);
        var (type, first) = ("", true);
        for (var rest = file[Signature.Length..]; type != "IEND"; first = false)
        {
            var data = NextChunk(ref rest, out type);
            if (first != (type == "IHDR"))
                throw new InvalidDataException("the header is not the first chunk");
            if (type == "IHDR")
                CheckHeader(data, width, height);
            else if (type == "IDAT")
                compressed.Write(data);
            else if (type != "IEND" && char.IsUpper(type[0]))
                throw new InvalidDataException($"a chunk of type {type} in an RGB image");
        }
        compressed.Position = 0;
        return Inflate(compressed, width * BytesPerPixel, height);
    }

    private static ReadOnlySpan<byte> NextChunk(ref ReadOnlySpan<byte> rest, out string type)
    {
        if (rest.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 12)
            throw new InvalidDataException("the file is cut off");
        var body = rest.Slice(4, 4 + (int)length);
        type = Encoding.ASCII.GetString(body[..4]);
        if (BinaryPrimitives.ReadUInt32BigEndian(rest[(4 + body.Length)..]) != Crc(body))
            throw new InvalidDataException($"the checksum of a {type} chunk is wrong");
        rest = rest[(8 + body.Length)..];
        return body[4..];
    }

    private static void CheckHeader(ReadOnlySpan<byte> header, int width, int height)
    {
        if (header.Length != 13)
            throw new InvalidDataException("the header has the wrong length");
        var (w, h) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        if (w != width || h != height)
            throw new InvalidDataException($"the image is {w} x {h}, expected {width} x {height}");
        if (!header[8..].SequenceEqual((ReadOnlySpan<byte>)[8, 2, 0, 0, 0]))
            throw new InvalidDataException("the image is not 8-bit RGB without interlacing");
    }

    private static byte[] Inflate(Stream compressed, int rowBytes, int height)
    {
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        var pixels = new byte[rowBytes * height];
        var (filter, above) = (new byte[1], new byte[rowBytes]);
        try
        {
            for (var y = 0; y < height; y++)
            {
                var row = pixels.AsSpan(y * rowBytes, rowBytes);
                inflated.ReadExactly(filter);
                inflated.ReadExactly(row);
                Unfilter(filter[0], row, y == 0 ? above : pixels.AsSpan((y - 1) * rowBytes, rowBytes));
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("the image has fewer rows than its header says", e);
        }
        return inflated.ReadByte() < 0 ? pixels : throw new InvalidDataException("the image has more rows than its header says");
    }

    /// <summary>Undoes a row's filter in place (section 9 of the specification).</summary>
    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above)
    {
        if (filter > 4)
            throw new InvalidDataException($"filter type {filter} does not exist");
        for (var x = 0; x < row.Length; x++)
        {
            var (left, up, upLeft) = x < BytesPerPixel ? (0, above[x], 0) : (row[x - BytesPerPixel], above[x], above[x - BytesPerPixel]);
            row[x] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, upLeft) });
        }
    }

    private static int Paeth(int left, int up, int upLeft)
    {
        var (toLeft, toUp, toUpLeft) = (Math.Abs(up - upLeft), Math.Abs(left - upLeft), Math.Abs(left + up - 2 * upLeft));
        return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcEntry(int index)
    {
        var crc = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}
