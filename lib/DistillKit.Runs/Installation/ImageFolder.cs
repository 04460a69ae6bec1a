using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>Pictures of one's own: a folder with a folder for each class, which holds PNG, JPEG or BMP files.</summary>
public static class ImageFolder
{
    private const int MostClasses = 256;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Loads all pictures, classes and files in the order of their names.</summary>
    /// <param name="folder">The folder that holds the classes; they are called what their folders are.</param>
    /// <param name="imageSize">Height and width in pixels that each picture is resized to, whatever its shape.</param>
    /// <exception cref="UserException">There are no classes or no pictures, or a picture cannot be read; the message names the
    /// file.</exception>
    public static ImageSet Load(string folder, int imageSize = 32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageSize);
        RequireFolder(folder);
        string[] classes = [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (classes.Length is < 2 or > MostClasses)
            throw new UserException($"{folder} holds {classes.Length} folders: make one for each class, from 2 to {MostClasses}.");
        var pixels = new List<byte>();
        var labels = new List<byte>();
        foreach (var (label, name) in classes.Index())
        {
            var pictures = Directory.GetFiles(Path.Combine(folder, name))
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal).ToList();
            if (pictures.Count == 0)
                throw new UserException($"{Path.Combine(folder, name)} holds no PNG, JPEG or BMP pictures: add some, or delete it.");
            pixels.AddRange(pictures.SelectMany(path => Pixels(path, imageSize)));
            labels.AddRange(Enumerable.Repeat((byte)label, pictures.Count));
        }
        return new([.. pixels], [.. labels], classes);
    }

    /// <summary>The SHA-256 sum of all files below a folder, with their names.</summary>
    /// <exception cref="UserException">There is no such folder.</exception>
    public static string HashOf(string folder)
    {
        RequireFolder(folder);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
        foreach (var file in files.OrderBy(file => Path.GetRelativePath(folder, file), StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder)) throw new UserException($"There is no folder {folder}: give one with a folder for each class.");
    }

    /// <summary>[3, S, S]: linear interpolation, where pixels are lost over all that a pixel covers.</summary>
    private static byte[] Pixels(string path, int imageSize)
    {
        try
        {
            var picture = PictureFile.Read(path);
            using var scope = NewDisposeScope();
            using var unrecorded = no_grad();
            var pixels = tensor(picture.Data, [1, picture.Height, picture.Width, ImageSet.Channels]);
            var planar = pixels.permute(0, 3, 1, 2).to(ScalarType.Float32);
            var resized = nn.functional.interpolate(
                planar, [imageSize, imageSize], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
            return resized.round().to(ScalarType.Byte).contiguous().data<byte>().ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserException($"The picture {path} cannot be used: {error.Message.TrimEnd('.')}. Replace or delete it.", error);
        }
    }
}
