namespace DistillKit.Runs.Installation;

/// <summary>Pictures of one's own: a folder with a folder for each class, which holds PNG, JPEG or BMP files.</summary>
public static class ImageFolder
{
    private const int MostClasses = 256;

    // Those of the classes of several parts, such as train and test.
    private static readonly EnumerationOptions AllFiles = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 2,
        AttributesToSkip = default,
        IgnoreInaccessible = false,
    };

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp"];

    /// <summary>Loads all pictures, classes and files in the order of their names.</summary>
    /// <param name="folder">The folder that holds the classes; they are called what their folders are.</param>
    /// <param name="imageSize">Height and width in pixels that each picture is resized to, whatever its shape.</param>
    /// <exception cref="UserException">There are no classes or pictures, or one cannot be read; the message names the file.</exception>
    public static ImageSet Load(string folder, int imageSize = 32, CancellationToken cancellation = default) => Reading(folder, () =>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageSize);
        string[] classes = [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (classes.Length == 0 && Directory.EnumerateFiles(folder).Any(IsPicture))
            throw new UserException($"{folder} holds pictures but no classes: put the pictures of each class into a folder with its name.");
        if (classes.Length is < 2 or > MostClasses)
            throw new UserException($"{folder} holds {classes.Length} folders: make one for each class, from 2 to {MostClasses}.");
        if (classes.FirstOrDefault(name => name.Contains(',') || name.Any(char.IsControl)) is { } odd)
            throw new UserException($"The class '{odd}' in {folder} cannot be written into a model's file: leave out commas and the like.");
        string[][] pictures = [.. classes.Select(name => PicturesOf(Path.Combine(folder, name)))];
        var (count, imageBytes) = (pictures.Sum(own => own.Length), (long)ImageSet.Channels * imageSize * imageSize);
        if (count * imageBytes > Array.MaxLength)
            throw new UserException($"{folder} holds {count:N0} pictures, and of {imageSize} x {imageSize} pixels "
                + $"{Array.MaxLength / imageBytes:N0} are the most: use fewer, or a smaller imageSize.");
        var pixels = new byte[count * imageBytes];
        foreach (var (index, path) in pictures.SelectMany(own => own).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            Pixels(path, imageSize).CopyTo(pixels, index * imageBytes);
        }
        byte[] labels = [.. pictures.Index().SelectMany(own => Enumerable.Repeat((byte)own.Index, own.Item.Length))];
        return new ImageSet(pixels, labels, classes);
    });

    /// <summary>The SHA-256 sum of all files in a folder, its folders and theirs, with their names.</summary>
    /// <exception cref="UserException">There is no such folder, or a file cannot be read.</exception>
    public static string HashOf(string folder, CancellationToken cancellation = default) => Reading(folder, () =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(folder, "*", AllFiles);
        foreach (var file in files.OrderBy(file => Path.GetRelativePath(folder, file), StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    });

    internal static bool HasPictures(string folder) => Directory.EnumerateFiles(folder, "*", AllFiles).Any(IsPicture);

    private static bool IsPicture(string file) => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private static string[] PicturesOf(string folder)
    {
        string[] pictures = [.. Directory.GetFiles(folder).Where(IsPicture).Order(StringComparer.Ordinal)];
        return pictures.Length > 0 ? pictures
            : throw new UserException($"{folder} holds no PNG, JPEG or BMP pictures: add some, or delete it.");
    }

    private static T Reading<T>(string folder, Func<T> read)
    {
        if (!Directory.Exists(folder)) throw new UserException($"There is no folder {folder}: give one with a folder for each class.");
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The pictures in {folder} cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
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
