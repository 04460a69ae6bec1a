using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Cli.Doctor;

/// <summary>The runtime, the operating system, the processor, memory and disk.</summary>
internal static class MachineChecks
{
    private const double GiB = 1L << 30;

    internal static IEnumerable<Finding> Run()
    {
        yield return Finding.OK(".net", RuntimeInformation.FrameworkDescription);
        var architecture = $"{RuntimeInformation.OSArchitecture}".ToLowerInvariant();
        yield return Finding.OK("os", $"{RuntimeInformation.OSDescription}, {architecture}");
        yield return Cpu();
        yield return Memory();
        yield return Disk();
    }

    private static Finding Cpu()
    {
        var features = Features();
        var extensions = features.Count == 0 ? "no vector extensions" : string.Join(' ', features);
        var text = $"{MachineInfo.CpuName()}, {Environment.ProcessorCount} cores, {extensions}";
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported
            ? Finding.Warn("cpu", text, "without AVX2 training is several times slower; start with --profile smoke")
            : Finding.OK("cpu", text);
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

    private static Finding Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB;
        return total >= 3
            ? Finding.OK("memory", $"{total:0.0} GiB")
            : Finding.Warn("memory", $"{total:0.0} GiB", "the profile smoke fits; quick and above need about 3 GiB");
    }

    private static Finding Disk()
    {
        var free = new DriveInfo(Checkout.Root).AvailableFreeSpace / GiB;
        var text = $"{free:0.0} GiB free under {Checkout.Artifacts}";
        return free >= 2 ? Finding.OK("disk", text)
            : free >= 0.25 ? Finding.Warn("disk", text, "the data set and a run take about 1 GiB: make room before `run`")
            : Finding.Fail("disk", text, "make room: not even the data set fits");
    }

    /// <summary>A field of /proc/cpuinfo's first processor; empty where there is none.</summary>
    private static string CpuInfo(string field)
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith(field)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? "";
    }
}
