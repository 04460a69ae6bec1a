using System.Diagnostics;
using System.Globalization;

namespace DistillKit.Runs.Benchmarks;

/// <summary>The most memory that this process has held. To measure one thing, measure in a fresh process that does only that.</summary>
public static class PeakMemory
{
    /// <summary>The peak resident set of this process since it started.</summary>
    public static long Bytes()
    {
        if (OperatingSystem.IsLinux())
        {
            // "VmHWM:     12345 kB"; .NET's own figure is not the peak on Linux.
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
