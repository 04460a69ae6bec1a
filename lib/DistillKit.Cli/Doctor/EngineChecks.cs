using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Cli.Doctor;

/// <summary>Does TorchSharp load and compute, with which C++ library, and on which devices?</summary>
internal static class EngineChecks
{
    public static IEnumerable<Check> Run()
    {
        Engine.Prepare();
        Check engine;
        var output = Console.Out;
        Console.SetOut(TextWriter.Null); // TorchSharp prints its search for libraries
        try
        {
            Compute();
            var place = LoadedLibrary.Place("libtorch_cpu.so");
            engine = Check.OK("engine", $"TorchSharp {PackageVersion}, libtorch {__version__}{place}, threads: {get_num_threads()}");
        }
        catch (Exception e) // whatever a native library that is missing or does not fit brings about
        {
            var hasPackage = RuntimeInformation.RuntimeIdentifier is "linux-x64" or "win-x64" or "osx-arm64";
            engine = Check.Fail("engine", $"TorchSharp {PackageVersion} does not load: {Cause(e)}", hasPackage
                ? "delete lib/DistillKit.Cli/bin and obj and run again; for a GPU, set TorchSharpBackend before"
                : $"there is no libtorch for {RuntimeInformation.RuntimeIdentifier}: use a machine or a container for an x64 processor");
        }
        finally
        {
            Console.SetOut(output);
        }
        yield return engine;
        if (OperatingSystem.IsLinux()) yield return CppLibrary();
        yield return engine.Status == CheckStatus.OK
            ? Gpu()
            : Check.Warn("gpu", "unknown while the engine does not load", "fix the engine first");
    }

    private static string PackageVersion =>
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    // Not inlined: the first touch of TorchSharp's types has to happen inside the try block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compute()
    {
        using var scope = NewDisposeScope();
        var sum = ones(8, 8).matmul(ones(8, 8)).sum().item<float>();
        if (sum != 512)
            throw new InvalidOperationException($"8 x 8 ones squared sum to {sum} instead of 512");
    }

    /// <summary>The library that this process uses, and what the build did about it (lib/native).</summary>
    private static Check CppLibrary()
    {
        var native = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var note = Path.Combine(native, "libLibTorchSharp.so.txt");
        var done = File.Exists(note) ? File.ReadAllText(note) : "new enough for TorchSharp's library as it is";
        return Check.OK("c++", $"{LoadedLibrary.Target("libstdc++.so.6")}: {done}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Check Gpu()
    {
        try
        {
            return cuda.is_available()
                ? Check.OK("gpu", $"CUDA, {cuda.device_count()} device(s)")
                : Check.OK("gpu", "none that this engine can use; everything runs on the CPU");
        }
        catch (Exception e)
        {
            return Check.Warn("gpu", Cause(e), "check the driver with nvidia-smi; the CPU works without it");
        }
    }

    /// <summary>The library that is missing, where the innermost message names one; otherwise that message's first sentence.</summary>
    private static string Cause(Exception e)
    {
        if (e.InnerException is { } inner)
            return Cause(inner);
        var lines = e.Message.ReplaceLineEndings("\n").Split('\n');
        return lines.FirstOrDefault(line => line.Contains("cannot open shared object file") || line.Contains("not found (required by"))
            ?? lines[0].Split(". ")[0];
    }
}
