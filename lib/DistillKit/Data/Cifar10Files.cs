namespace DistillKit.Data;

/// <summary>CIFAR-10 in six binary files: records of a label byte and 3,072 pixel bytes (red, green and blue plane).</summary>
/// <param name="Sha256">The SHA-256 sum of each file by its name, lower-case hexadecimal.</param>
public sealed record Cifar10Files(int ImagesPerFile, IReadOnlyDictionary<string, string> Sha256)
{
    /// <summary>The name of the folder in the official archive.</summary>
    public const string FolderName = "cifar-10-batches-bin";

    /// <summary>A label and 3 x 32 x 32 pixels.</summary>
    public const int RecordBytes = 1 + ImageSet.Channels * 32 * 32;

    /// <summary>The file with the test images.</summary>
    public const string TestName = "test_batch.bin";

    /// <summary>The files with the training images, in order.</summary>
    public static IReadOnlyList<string> TrainingNames { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    /// <summary>All six files.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. TrainingNames, TestName];

    /// <summary>The published data set: 10,000 records in each file, sums as in data/cifar10.sha256.</summary>
    public static Cifar10Files Official { get; } = new(10_000, ParseSums(ReadResource("cifar10.sha256")));

    /// <summary>The folder that holds the files: the subfolder <see cref="FolderName"/> of <paramref name="folder"/>, or itself.</summary>
    /// <exception cref="UserException">Neither holds them.</exception>
    public static string Locate(string folder) => TryLocate(folder)
        ?? throw new UserException(HasPythonLayout(folder)
            ? $"{folder} holds CIFAR-10 for Python: the binary version is needed, run `./distillkit data get` to put it there."
            : $"CIFAR-10 is not in {folder}: run `./distillkit data get` to put it there.");

    /// <summary>As <see cref="Locate"/>, but null when the files are not there.</summary>
    public static string? TryLocate(string folder) =>
        ((string[])[Path.Combine(folder, FolderName), folder])
        .FirstOrDefault(place => Names.Any(file => File.Exists(Path.Combine(place, file))));

    /// <summary>Reads a file that must be the published one.</summary>
    /// <exception cref="UserException">It is missing, or its size or its sum is another; the message says which.</exception>
    public byte[] Read(string folder, string file)
    {
        var bytes = Examine(Path.Combine(folder, file), out var defect);
        return defect is null ? bytes : throw new UserException($"{defect}: delete its folder and run `./distillkit data get`.");
    }

    /// <summary>What is wrong with the first bad file of a folder, or null when all six are the published ones.</summary>
    public string? FindDefect(string folder, IProgress<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new("Verifying the files", i, Names.Count));
            Examine(Path.Combine(folder, Names[i]), out var defect);
            if (defect is not null) return defect;
        }
        progress?.Report(new("Verifying the files", Names.Count, Names.Count));
        return null;
    }

    /// <summary>Whether it holds the archive of pickles, whose names have no ending.</summary>
    private static bool HasPythonLayout(string folder) =>
        ((string[])[Path.Combine(folder, "cifar-10-batches-py"), folder])
        .Any(place => Names.Any(file => File.Exists(Path.Combine(place, Path.GetFileNameWithoutExtension(file)))));

    private byte[] Examine(string path, out string? defect)
    {
        var expected = (long)ImagesPerFile * RecordBytes;
        defect = !File.Exists(path) ? $"{path} is missing"
            : new FileInfo(path).Length is var found && found != expected ? $"{path} has {found:N0} bytes, expected {expected:N0}"
            : null;
        if (defect is not null) return [];
        var bytes = File.ReadAllBytes(path);
        var sum = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (sum != Sha256[Path.GetFileName(path)])
            defect = $"{path} has SHA-256 {sum}, expected {Sha256[Path.GetFileName(path)]}";
        return bytes;
    }

    /// <summary>Reads the format of sha256sum: a line for each file, the sum, two spaces, the name.</summary>
    private static Dictionary<string, string> ParseSums(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split("  "))
        .ToDictionary(parts => parts[1].Trim(), parts => parts[0]);

    private static string ReadResource(string name)
    {
        using var reader = new StreamReader(typeof(Cifar10Files).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

/// <summary>How far a long step has come: what is done, in bytes or files, of a total, which is 0 when it is not known.</summary>
public readonly record struct DataProgress(string Step, long Done = 0, long Total = 0);
