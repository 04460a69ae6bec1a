using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace DistillKit.Edge.Tests.Sample;

/// <summary>Writes PNG files, with every row filter.</summary>
internal static class PngFile
{
    public static byte[] Write(int width, int height, int colourType, byte[] pixels, byte depth = 8, byte interlace = 0)
    {
        var rowBytes = pixels.Length / height;
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < height; y++)
                deflate.Write(Filtered(pixels, y, rowBytes, rowBytes / width));
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, (byte)colourType, interlace);
        return [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header), .. Chunk("tEXt", [1, 2, 3]),
            .. Chunk("IDAT", compressed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Filtered(byte[] pixels, int y, int rowBytes, int pixelBytes)
    {
        var row = new byte[rowBytes + 1];
        row[0] = (byte)(y % 5);
        byte At(int line, int x) => line < 0 || x < 0 ? (byte)0 : pixels[line * rowBytes + x];
        for (var x = 0; x < rowBytes; x++)
        {
            var (left, up, upLeft) = (At(y, x - pixelBytes), At(y - 1, x), At(y - 1, x - pixelBytes));
            var estimate = left + up - upLeft;
            var paeth = new[] { left, up, upLeft }.MinBy(value => Math.Abs(estimate - value));
            row[x + 1] = (byte)(At(y, x) - (y % 5) switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => paeth });
        }
        return row;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        return [.. length, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
    }
}
