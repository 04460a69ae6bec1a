using System.Formats.Tar;
using System.IO.Compression;
using DistillKit.Data;

namespace DistillKit.Runs.Installation;

/// <summary>Unpacks .tar.gz archives that may come from anywhere.</summary>
public static class TarGz
{
    private const long MostBytes = 1L << 30;

    /// <summary>Unpacks an archive into a folder. Nothing is written outside it, and no existing file is replaced.</summary>
    /// <exception cref="UserException">
    /// The archive is damaged, has more than 1 GiB, or has an entry that is no plain file or folder inside the target.
    /// </exception>
    public static async Task UnpackAsync(string archive, string folder, IProgress<DataProgress>? progress, CancellationToken cancellation)
    {
        var step = $"Unpacking {Path.GetFileName(archive)}";
        try
        {
            await using var file = File.OpenRead(archive);
            await using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
            for (var written = 0L; await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry;)
            {
                progress?.Report(new(step, file.Position, file.Length));
                if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
                    continue;
                var path = Path.Combine(folder, SafeName(archive, entry));
                Directory.CreateDirectory(entry.EntryType == TarEntryType.Directory ? path : Path.GetDirectoryName(path)!);
                if (entry.EntryType == TarEntryType.Directory)
                    continue;
                if ((written += entry.Length) > MostBytes)
                    throw Refuse(archive, $"holds more than {MostBytes:N0} bytes");
                await using var target = new FileStream(path, FileMode.CreateNew);
                if (entry.DataStream is { } content)
                    await content.CopyToAsync(target, cancellation);
            }
            progress?.Report(new(step, file.Length, file.Length));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new UserException($"{archive} is damaged or no .tar.gz archive: delete it and try again.", e);
        }
    }

    private static string SafeName(string archive, TarEntry entry)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.Directory))
            throw Refuse(archive, $"has an entry of type {entry.EntryType}, {entry.Name}");
        var parts = entry.Name.Split('/', '\\');
        return parts[0].Length == 0 || parts[0].Contains(':') || parts.Contains("..")
            ? throw Refuse(archive, $"has an entry that points outside its folder, {entry.Name}")
            : Path.Combine(parts);
    }

    private static UserException Refuse(string archive, string reason) =>
        new($"{archive} {reason}: it is not what it should be, delete it.");
}
