using System.Buffers.Binary;
using StbImageSharp;

namespace DistillKit.Runs.Installation;

/// <summary>Pictures in PNG, JPEG or BMP files.</summary>
internal static class PictureFile
{
    private const long MostPixels = 1 << 26;

    /// <summary>A part's length, name and check sum.</summary>
    private const int PngFrame = 12;

    private static readonly byte[] PngSignature = [0x89, .. "PNG\r\n\u001a\n"u8];

    /// <summary>No compression of these formats makes less of a picture of one colour.</summary>
    private const long MostBytesForOne = 1100;

    /// <summary>Decodes a file to red, green and blue of each pixel, row by row from the top: [height, width, 3].</summary>
    /// <exception cref="InvalidDataException">It is no picture, damaged, or far too large.</exception>
    public static ImageResult Read(string path) => Read(File.ReadAllBytes(path));

    internal static ImageResult Read(byte[] file)
    {
        try
        {
            var found = ImageInfo.FromStream(new EndingStream(file));
            if (found is not { } header) throw new InvalidDataException("it is no PNG, JPEG or BMP picture");
            var pixels = (long)header.Width * header.Height;
            if (header.Width < 1 || header.Height < 1 || pixels > Math.Min(MostPixels, MostBytesForOne * file.Length))
                throw new InvalidDataException(
                    $"it says that it has {header.Width} x {header.Height} pixels, more than is read or {file.Length:N0} bytes can hold");
            RequireWholeChunks(file);
            return ImageResult.FromStream(new EndingStream(file), ColorComponents.RedGreenBlue);
        }
        catch (Exception error) when (error is not InvalidDataException)
        {
            // The decoder has no type of its own for what is wrong with a file.
            throw new InvalidDataException("it is damaged", error);
        }
    }

    /// <summary>The decoder makes room for what a part of a PNG says that it holds before it reads any of it.</summary>
    private static void RequireWholeChunks(byte[] file)
    {
        if (!file.AsSpan().StartsWith(PngSignature)) return;
        for (long start = PngSignature.Length; start + PngFrame <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)start));
            start += PngFrame + length;
            if (start > file.Length) throw new InvalidDataException("it is cut off or damaged");
        }
    }

    /// <summary>Ends a decoder that looks for a marker after the end of a damaged JPEG, where it would read zeros for ever.</summary>
    private sealed class EndingStream(byte[] file) : MemoryStream(file)
    {
        private int readsAfterEnd;

        public override int ReadByte() => IsOver ? throw new EndOfStreamException() : base.ReadByte();

        public override int Read(byte[] buffer, int offset, int count) =>
            IsOver ? throw new EndOfStreamException() : base.Read(buffer, offset, count);

        private bool IsOver => Position >= Length && ++readsAfterEnd > 1000;
    }
}
