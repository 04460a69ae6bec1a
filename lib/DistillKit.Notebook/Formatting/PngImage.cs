using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DistillKit.Notebook.Formatting;

/// <summary>Writes 8-bit RGB images as PNG. PNG specification, third edition, https://www.w3.org/TR/png-3/.</summary>
public static class PngImage
{
    private const int BytesPerPixel = 3;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcEntry)];

    /// <summary>Encodes an image.</summary>
    /// <param name="pixels">Red, green and blue of each pixel, row by row from the top, <c>[height, width, 3]</c>.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The size does not fit.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width < 1 || height < 1 || pixels.Length != (long)width * height * BytesPerPixel)
            throw new ArgumentException($"{pixels.Length} bytes are not {width} x {height} RGB pixels.", nameof(pixels));
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 2); // bits, RGB; standard compression and filters, not interlaced
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(pixels, width * BytesPerPixel));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>The image as the address of an HTML image.</summary>
    public static string ToDataUri(ReadOnlySpan<byte> png) => "data:image/png;base64," + Convert.ToBase64String(png);

    // Each row as differences to the pixel at its left (filter type 1), which suits photographs.
    private static byte[] Compress(ReadOnlySpan<byte> pixels, int rowBytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = new ZLibStream(compressed, CompressionLevel.SmallestSize))
        {
            var row = new byte[1 + rowBytes];
            row[0] = 1;
            for (; pixels.Length > 0; pixels = pixels[rowBytes..])
            {
                for (var i = 0; i < rowBytes; i++) row[1 + i] = (byte)(pixels[i] - (i < BytesPerPixel ? 0 : pixels[i - BytesPerPixel]));
                stream.Write(row);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcEntry(int index)
    {
        var entry = (uint)index;
        for (var bit = 0; bit < 8; bit++) entry = (entry & 1) != 0 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
        return entry;
    }
}
