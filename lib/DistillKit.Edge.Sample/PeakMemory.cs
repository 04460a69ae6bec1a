using System.Diagnostics;
using System.Globalization;

namespace DistillKit.Edge.Sample;

/// <summary>The largest resident set that this process ever had.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status", Key = "VmHWM:";

    public static long Bytes()
    {
        if (File.Exists(Status))
            foreach (var line in File.ReadLines(Status))
                if (line.StartsWith(Key, StringComparison.Ordinal))
                    return 1024 * long.Parse(line.AsSpan(Key.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
