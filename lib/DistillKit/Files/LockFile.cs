namespace DistillKit.Files;

/// <summary>A file that one process at a time holds; the system lets go of it when that process ends, however it ends. The file itself
/// stays: deleting it would let two processes hold two files of one name.</summary>
public static class LockFile
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>"Another process has it": EAGAIN of Linux, EAGAIN of macOS, sharing violation of Windows.</summary>
    private static readonly int[] HeldByAnother = [11, 35, 32];

    /// <summary>Holds the file until the stream is disposed; null when another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? TryHold(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException error) when (HeldByAnother.Contains(error.HResult & 0xFFFF))
        {
            return null;
        }
    }

    /// <summary>Waits until no other process holds the file, and holds it; tells once that it waits.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream Hold(string path, CancellationToken cancellation, Action? waiting = null)
    {
        if (TryHold(path) is { } free) return free;
        waiting?.Invoke();
        while (true)
        {
            cancellation.WaitHandle.WaitOne(Pause);
            cancellation.ThrowIfCancellationRequested();
            if (TryHold(path) is { } held) return held;
        }
    }
}
