namespace DistillKit.Files;

/// <summary>Writes a file completely or not at all.</summary>
public static class AtomicFile
{
    private static readonly ReaderWriterLockSlim Open = new(LockRecursionPolicy.SupportsRecursion);

    /// <summary>For a process that ends: waits for what is being written, at most so long, and lets nothing else be written.</summary>
    public static void Close(TimeSpan patience) => Open.TryEnterWriteLock(patience);

    /// <summary>Writes a text, as UTF-8, the same way as <see cref="Write"/>.</summary>
    /// <exception cref="UserException">The folder cannot be written to, or the disk is full.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it over the target, whose
    /// permissions it keeps; a link stays, and what it leads to is the target. If anything fails, a full disk say, the old file is as it
    /// was and the temporary file is gone.</summary>
    /// <exception cref="UserException">The folder cannot be written to, the disk is full, or there is something else than a
    /// file.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        Open.EnterReadLock();
        var temporary = "";
        try
        {
            if (Path.Exists(path) && !FileStatus.IsRegular(path))
                throw new UserException($"{path} is no regular file, and would be lost: give the path of a file.");
            var isLink = new FileInfo(path).LinkTarget is not null;
            var target = Path.GetFullPath(isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            temporary = $"{target}.{Guid.NewGuid():N}.tmp";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            var keepsMode = !OperatingSystem.IsWindows() && File.Exists(target);
            // A private file's content is never readable for others; what the process masks is put back below.
            if (!OperatingSystem.IsWindows() && keepsMode) options.UnixCreateMode = File.GetUnixFileMode(target);
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            if (!OperatingSystem.IsWindows() && keepsMode) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot write {path}: {error.Message} Check the folder's permissions and the free space.", error);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            Open.ExitReadLock();
        }
    }
}
