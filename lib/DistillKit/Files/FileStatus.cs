namespace DistillKit.Files;

/// <summary>What .NET does not say about files: which of them are one, and which are devices or pipes.</summary>
public static class FileStatus
{
    private const int CurrentFolder = -100, ModeAndInode = 0x102, ModeOffset = 28, InodeOffset = 32, DeviceOffset = 136;
    private const int KindMask = 0xF000, RegularFile = 0x8000;

    /// <summary>Whether two paths lead to one file: by device and inode on Linux, elsewhere by resolved links.</summary>
    public static bool AreSame(string one, string other) =>
        OperatingSystem.IsLinux()
            ? Read(one) is { } status && Read(other) is { } another && Identity(status) == Identity(another)
            : string.Equals(Resolved(one), Resolved(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a rename may replace it.</summary>
    internal static bool IsRegular(string path) => Read(path) is { } status
        ? (BitConverter.ToUInt16(status, ModeOffset) & KindMask) == RegularFile
        : !Directory.Exists(path);

    private static (ulong Inode, ulong Device) Identity(byte[] status) =>
        (BitConverter.ToUInt64(status, InodeOffset), BitConverter.ToUInt64(status, DeviceOffset));

    private static string Resolved(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);

    // Null where there is no such file, or the system is another one.
    private static byte[]? Read(string path)
    {
        var status = new byte[256];
        return OperatingSystem.IsLinux() && Statx(CurrentFolder, path, flags: 0, ModeAndInode, status) == 0 ? status : null;
    }

    [DllImport("libc.so.6", EntryPoint = "statx", BestFitMapping = false)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, [Out] byte[] status);
}
