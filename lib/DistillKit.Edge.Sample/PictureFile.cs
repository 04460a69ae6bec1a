namespace DistillKit.Edge.Sample;

/// <summary>Reads image files.</summary>
internal static class PictureFile
{
    /// <exception cref="EdgeException">It cannot be read, is damaged, or is of another kind.</exception>
    public static Picture Read(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EdgeException($"The image {path} cannot be read. Give the path of a PNG or PPM file.", e);
        }
    }

    public static Picture Decode(ReadOnlySpan<byte> file, string name) =>
        file.StartsWith(Png.Signature) ? Png.Decode(file)
        : file.StartsWith("P6"u8) || file.StartsWith("P5"u8) ? Pixmap.Decode(file)
        : throw new EdgeException($"The file {name} is neither a PNG nor a binary PPM or PGM image. Convert it to PNG.");
}
