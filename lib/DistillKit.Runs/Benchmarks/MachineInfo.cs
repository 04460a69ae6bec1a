namespace DistillKit.Runs.Benchmarks;

/// <summary>Where a figure was measured.</summary>
/// <param name="Cores">Logical cores that this process may use.</param>
/// <param name="Engine">The engine's assembly, and the libtorch below it.</param>
public sealed record MachineInfo(string Cpu, int Cores, string OperatingSystem, string Engine)
{
    /// <summary>This machine.</summary>
    public static MachineInfo Current()
    {
        var assembly = typeof(torch).Assembly.GetName();
        var engine = $"{assembly.Name} {assembly.Version?.ToString(3)}, libtorch {torch.__version__}";
        return new(CpuName(), Environment.ProcessorCount, RuntimeInformation.OSDescription, engine);
    }

    /// <summary>The most memory that this process has held: the peak resident set in bytes since it started.</summary>
    public static long PeakMemory()
    {
        if (System.OperatingSystem.IsLinux())
        {
            // "VmHWM:     12345 kB"; .NET's own figure is not the peak on Linux.
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>The processor's name.</summary>
    public static string CpuName()
    {
        // "model name : ..." on x86; ARM kernels name no model there.
        var name = System.OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1]
            : System.OperatingSystem.IsMacOS() ? MacCpuName()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return string.IsNullOrWhiteSpace(name) ? $"unknown {RuntimeInformation.ProcessArchitecture}" : name.Trim();
    }

    private static string? MacCpuName()
    {
        var query = new ProcessStartInfo("/usr/sbin/sysctl", ["-n", "machdep.cpu.brand_string"]) { RedirectStandardOutput = true };
        using var process = Process.Start(query);
        return process?.StandardOutput.ReadToEnd();
    }
}
