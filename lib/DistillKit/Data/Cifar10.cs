namespace DistillKit.Data;

/// <summary>CIFAR-10: 50,000 training and 10,000 test images, 32 x 32, of ten classes (Krizhevsky 2009).</summary>
public static class Cifar10
{
    /// <summary>The classes, in the official order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Mean and standard deviation of the 50,000 training images, as <see cref="Data.Normalization.Of"/> measures them.</summary>
    public static Normalization Normalization { get; } = new([0.49140f, 0.48216f, 0.44653f], [0.24703f, 0.24349f, 0.26159f]);

    /// <summary><c>data/cifar10</c> of the repository around the current folder or the program, or a folder for application data.</summary>
    public static string DefaultFolder()
    {
        if ((Checkout.Find(Directory.GetCurrentDirectory()) ?? Checkout.Find(AppContext.BaseDirectory)) is { } root)
            return Path.Combine(root, "data", "cifar10");
        return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "distillkit", "cifar10");
    }

    /// <summary>Loads and verifies the training images.</summary>
    /// <exception cref="UserException">The files are missing or not the official ones.</exception>
    public static ImageSet LoadTraining(string? folder = null, Cifar10Files? files = null) =>
        Load(folder, files, Cifar10Files.TrainingNames);

    /// <summary>Loads and verifies the test images.</summary>
    /// <exception cref="UserException">The files are missing or not the official ones.</exception>
    public static ImageSet LoadTest(string? folder = null, Cifar10Files? files = null) => Load(folder, files, [Cifar10Files.TestName]);

    private static ImageSet Load(string? folder, Cifar10Files? files, IReadOnlyList<string> names)
    {
        files ??= Cifar10Files.Official;
        folder = Cifar10Files.Locate(folder ?? DefaultFolder());
        var records = names.SelectMany(name => files.Read(folder, name).Chunk(Cifar10Files.RecordBytes)).ToArray();
        const int imageBytes = Cifar10Files.RecordBytes - 1;
        var pixels = new byte[records.Length * imageBytes];
        foreach (var (image, record) in records.Index()) record.AsSpan(1).CopyTo(pixels.AsSpan(image * imageBytes));
        return new(pixels, [.. records.Select(record => record[0])], ClassNames);
    }
}
