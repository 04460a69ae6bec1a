using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>The archive that the authors of CIFAR-10 publish.</summary>
/// <param name="downloads">Where the archive, and an unfinished download of it, is kept until the files are installed.</param>
/// <param name="archive">The archive; <see cref="Archive"/> when not given.</param>
public sealed class OfficialArchiveSource(string downloads, RemoteFile? archive = null) : IDataSource
{
    /// <summary>The file's name.</summary>
    public const string FileName = "cifar-10-binary.tar.gz";

    /// <summary>The binary version, with the sum stated at https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
    public static RemoteFile Archive { get; } =
        new(new($"https://www.cs.toronto.edu/~kriz/{FileName}"), 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530");

    private readonly RemoteFile archive = archive ?? Archive;

    /// <inheritdoc/>
    public string Name => "official archive";

    /// <inheritdoc/>
    public async Task WriteAsync(string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var path = Path.Combine(downloads, FileName);
        await ResumableDownload.RunAsync(archive, path, progress, cancellation);
        await ImportAsync(path, folder, progress, cancellation);
        File.Delete(path);
    }

    /// <summary>Takes the six files out of a copy of the archive.</summary>
    internal static async Task ImportAsync(string path, string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var unpacked = Path.Combine(folder, "unpacked");
        await TarGz.UnpackAsync(path, unpacked, progress, cancellation);
        LocalFolderSource.CopyFiles(Path.Combine(unpacked, Cifar10Files.FolderName), folder, File.Move);
    }
}
