using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace DistillKit.Runs.Benchmarks;

/// <summary>Where a figure was measured.</summary>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">Logical cores that this process may use.</param>
/// <param name="OperatingSystem">The operating system and its version.</param>
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

    /// <summary>The processor's name.</summary>
    public static string CpuName()
    {
        var name = System.OperatingSystem.IsLinux() ? LinuxCpuName()
            : System.OperatingSystem.IsMacOS() ? MacCpuName()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return string.IsNullOrWhiteSpace(name) ? $"unknown {RuntimeInformation.ProcessArchitecture}" : name.Trim();
    }

    private static string? LinuxCpuName()
    {
        // "model name : ..." on x86; ARM kernels name no model there.
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..];
    }

    private static string? MacCpuName()
    {
        var query = new ProcessStartInfo("/usr/sbin/sysctl", ["-n", "machdep.cpu.brand_string"]) { RedirectStandardOutput = true };
        using var process = Process.Start(query);
        return process?.StandardOutput.ReadToEnd();
    }
}
