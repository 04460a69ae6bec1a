using System.Diagnostics;

namespace DistillKit.Tests.Training;

/// <summary>A test that mounts a small file system.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.IsPossible) Skip = "needs the right to mount a file system";
    }
}

/// <summary>A file system of a given size in memory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SmallDisk(int bytes)
    {
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", Path)) throw new IOException("Cannot mount.");
    }

    public static bool IsPossible { get; } = Try();

    public string Path => folder[""];

    public void Dispose()
    {
        Run("umount", Path);
        folder.Dispose();
    }

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        try
        {
            using var disk = new SmallDisk(65536);
            return true;
        }
        catch (Exception error) when (error is IOException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
