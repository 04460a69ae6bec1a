using System.Runtime.InteropServices;

namespace DistillKit.Training;

/// <summary>
/// Lets the process keep the memory of freed tensors for the next ones. By default glibc takes each large block from the system and gives it back, so that
/// every step pays for its pages again: four tenths of the time of training MobileNetV2 x1.0 on images of 32 pixels, with two cores.
/// </summary>
internal static class HeapReuse
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MostMaps = -4;
    private const int Never = -1;

    private static readonly Lazy<bool> Enabled = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return SetOption(MostMaps, 0) + SetOption(TrimThreshold, Never) + SetOption(TopPad, 64 << 20) == 3;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc.
            return false;
        }
    });

    /// <summary>Asks for it, once in a process. False where the C library offers nothing of the kind.</summary>
    public static bool Enable() => Enabled.Value;

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    private static extern int SetOption(int option, int value);
}
