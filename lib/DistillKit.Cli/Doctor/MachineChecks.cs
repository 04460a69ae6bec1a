using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DistillKit.Cli.Doctor;

/// <summary>The runtime, the operating system, the processor, memory and disk.</summary>
internal static class MachineChecks
{
    private const double GiB = 1L << 30;

    public static IEnumerable<Check> Run()
    {
        yield return Check.OK(".net", RuntimeInformation.FrameworkDescription);
        yield return Check.OK("os", $"{OperatingSystemName()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
        yield return Cpu();
        yield return Memory();
        yield return Disk();
    }

    private static Check Cpu()
    {
        var features = Features();
        var finding = $"{CpuName()}, {Environment.ProcessorCount} cores, {(features.Count == 0 ? "no vector extensions" : string.Join(' ', features))}";
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported
            ? Check.Warn("cpu", finding, "without AVX2 training is several times slower; start with --profile smoke")
            : Check.OK("cpu", finding);
    }

    /// <summary>The extensions that decide how fast training (BF16, AMX) and integer inference (VNNI, dot products) are.</summary>
    private static List<string> Features()
    {
        var flags = CpuInfo("flags").Split(' ').Concat(CpuInfo("Features").Split(' ')).ToHashSet();
        (string Name, bool Present)[] known =
        [
            ("AVX2", Avx2.IsSupported), ("AVX-512", Avx512F.IsSupported), ("AVX-VNNI", AvxVnni.IsSupported || flags.Contains("avx_vnni")),
            ("AVX512-VNNI", flags.Contains("avx512_vnni")), ("AVX512-BF16", flags.Contains("avx512_bf16")),
            ("AMX-INT8", flags.Contains("amx_int8")), ("AMX-BF16", flags.Contains("amx_bf16")),
            ("NEON", AdvSimd.IsSupported), ("DOT", Dp.IsSupported), ("I8MM", flags.Contains("i8mm")), ("BF16", flags.Contains("bf16")),
        ];
        return [.. known.Where(feature => feature.Present).Select(feature => feature.Name)];
    }

    private static Check Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB;
        return total >= 3
            ? Check.OK("memory", $"{total:0.0} GiB")
            : Check.Warn("memory", $"{total:0.0} GiB", "the profile smoke fits; quick and above need about 3 GiB");
    }

    private static Check Disk()
    {
        var free = new DriveInfo(Checkout.Root).AvailableFreeSpace / GiB;
        var finding = $"{free:0.0} GiB free under {Checkout.Artifacts}";
        return free >= 2 ? Check.OK("disk", finding)
            : free >= 0.25 ? Check.Warn("disk", finding, "the data set and a run take about 1 GiB: make room before `run`")
            : Check.Fail("disk", finding, "make room: not even the data set fits");
    }

    private static string OperatingSystemName()
    {
        const string release = "/etc/os-release";
        var line = File.Exists(release) ? File.ReadLines(release).FirstOrDefault(text => text.StartsWith("PRETTY_NAME=")) : null;
        return line?["PRETTY_NAME=".Length..].Trim('"') ?? RuntimeInformation.OSDescription;
    }

    private static string CpuName() => CpuInfo("model name") is { Length: > 0 } name ? name
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>A field of /proc/cpuinfo's first processor; empty where there is none.</summary>
    private static string CpuInfo(string field)
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith(field)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? "";
    }
}
