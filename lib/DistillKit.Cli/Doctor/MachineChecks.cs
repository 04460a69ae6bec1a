using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DistillKit.Cli.Doctor;

/// <summary>The runtime, the operating system, the processor, memory and disk; the data set and the notebooks' kernels.</summary>
internal static class MachineChecks
{
    private const double GiB = 1L << 30;

    internal static IEnumerable<Finding> Run()
    {
        var architecture = $"{RuntimeInformation.OSArchitecture}".ToLowerInvariant();
        return
        [
            Finding.OK(".net", RuntimeInformation.FrameworkDescription),
            Finding.OK("os", $"{RuntimeInformation.OSDescription}, {architecture}"), Cpu(), Memory(), Disk(), Data(), Kernel(), Jupyter(),
        ];
    }

    private static Finding Cpu()
    {
        var extensions = string.Join(' ', Extensions().DefaultIfEmpty("no vector extensions"));
        var text = $"{MachineInfo.CpuName()}, {Terminal.Count(Environment.ProcessorCount, "core")}, {extensions}";
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported
            ? Finding.Warn("cpu", text, "without AVX2 training is several times slower; start with --profile smoke")
            : Finding.OK("cpu", text);
    }

    // Those that decide how fast training (BF16, AMX) and integer inference (VNNI, dot products) are.
    private static IEnumerable<string> Extensions()
    {
        var flags = CpuInfo("flags").Split(' ').Concat(CpuInfo("Features").Split(' ')).ToHashSet();
        (string Name, bool Present)[] known =
        [
            ("AVX2", Avx2.IsSupported), ("AVX-512", Avx512F.IsSupported), ("AVX-VNNI", AvxVnni.IsSupported || flags.Contains("avx_vnni")),
            ("AVX512-VNNI", flags.Contains("avx512_vnni")), ("AVX512-BF16", flags.Contains("avx512_bf16")),
            ("AMX-INT8", flags.Contains("amx_int8")), ("AMX-BF16", flags.Contains("amx_bf16")),
            ("NEON", AdvSimd.IsSupported), ("DOT", Dp.IsSupported), ("I8MM", flags.Contains("i8mm")), ("BF16", flags.Contains("bf16")),
        ];
        return known.Where(extension => extension.Present).Select(extension => extension.Name);
    }

    // A field of the first processor.
    private static string CpuInfo(string field)
    {
        const string path = "/proc/cpuinfo";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(text => text.StartsWith(field)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? "";
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

    private static Finding Data()
    {
        var folder = Cifar10.DefaultFolder();
        if (Cifar10Files.TryLocate(folder) is not { } found)
            return Finding.Warn("data", $"CIFAR-10 is not in {folder}", "`./distillkit data get` installs it (a run does so by itself)");
        return Cifar10Files.Official.FindDefect(found) is { } defect
            ? Finding.Fail("data", defect, $"delete {found} and run `./distillkit data get`")
            : Finding.OK("data", $"CIFAR-10 in {found}, verified");
    }

    private static Finding Kernel()
    {
        try
        {
            KernelTool.Find();
            return Finding.OK("kernel", ".NET Interactive executes notebooks");
        }
        catch (UserException error)
        {
            return Finding.Warn("kernel", error.Message, "only notebooks need it");
        }
    }

    private static Finding Jupyter() => KernelTool.IsInstalled()
        ? Finding.OK("jupyter", "its kernels .net-csharp and .net-fsharp are installed")
        : Finding.Warn("jupyter", "it does not know the notebooks' kernels", "only Jupyter needs them; type: ./distillkit jupyter install");
}
