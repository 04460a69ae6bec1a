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

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk and renames it over the target. If
    /// anything fails, a full disk say, the old file is as it was and the temporary file is gone.</summary>
    /// <exception cref="UserException">The folder cannot be written to, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        Open.EnterReadLock();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
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
