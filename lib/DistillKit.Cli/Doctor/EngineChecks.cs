using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Cli.Doctor;

/// <summary>Do TorchSharp and ONNX Runtime load, with which C++ library, and on which devices?</summary>
internal static class EngineChecks
{
    private const string Rebuild = "delete lib/DistillKit.Cli/bin and obj and run again";

    internal static IEnumerable<Finding> Run()
    {
        DistillKit.Engine.Prepare();
        var engine = Engine();
        yield return engine;
        if (OperatingSystem.IsLinux()) yield return CppLibrary();
        yield return engine.Severity == Severity.OK
            ? Gpu()
            : Finding.Warn("gpu", "unknown while the engine does not load", "fix the engine first");
        yield return OnnxRuntimeModel.RuntimeDefect is not { } defect
            ? Finding.OK("onnx", $"ONNX Runtime {OnnxRuntimeModel.RuntimeVersion}{Place("libonnxruntime.so")}")
            : Finding.Warn("onnx", $"ONNX Runtime does not load: {defect}", $"{Rebuild}; only benchmarks need it");
    }

    private static Finding Engine()
    {
        var package = typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        var version = package?.InformationalVersion.Split('+')[0];
        var output = Console.Out;
        Console.SetOut(TextWriter.Null); // TorchSharp prints its search for libraries
        try
        {
            Compute();
            var libtorch = $"{__version__}{Place("libtorch_cpu.so")}";
            return Finding.OK("engine", $"TorchSharp {version}, libtorch {libtorch}, threads: {get_num_threads()}");
        }
        catch (Exception e) // whatever a native library that is missing or does not fit brings about
        {
            var hasPackage = RuntimeInformation.RuntimeIdentifier is "linux-x64" or "win-x64" or "osx-arm64";
            return Finding.Fail("engine", $"TorchSharp {version} does not load: {Cause(e)}", hasPackage
                ? $"{Rebuild}; for a GPU, set TorchSharpBackend before"
                : $"there is no libtorch for {RuntimeInformation.RuntimeIdentifier}: use a machine or a container for an x64 processor");
        }
        finally
        {
            Console.SetOut(output);
        }
    }

    // Not inlined: the first touch of TorchSharp's types has to happen inside the try block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compute()
    {
        using var scope = NewDisposeScope();
        var sum = ones(8, 8).matmul(ones(8, 8)).sum().item<float>();
        if (sum != 512) throw new InvalidOperationException($"8 x 8 ones squared sum to {sum} instead of 512");
    }

    /// <summary>The library that this process uses, and what the build did about it (lib/native).</summary>
    private static Finding CppLibrary()
    {
        const string name = "libstdc++.so.6";
        var folder = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var note = Path.Combine(folder, "libLibTorchSharp.so.txt");
        var done = File.Exists(note) ? File.ReadAllText(note) : "new enough for TorchSharp's library as it is";
        return Finding.OK("c++", $"{Path.GetFileName(LoadedFile(name) ?? name)}: {done}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Finding Gpu()
    {
        try
        {
            return cuda.is_available()
                ? Finding.OK("gpu", $"CUDA, {Terminal.Count(cuda.device_count(), "device")}")
                : Finding.OK("gpu", "none that this engine can use; everything runs on the CPU");
        }
        catch (Exception e)
        {
            return Finding.Warn("gpu", Cause(e), "check the driver with nvidia-smi; the CPU works without it");
        }
    }

    /// <summary>The library that is missing, where the innermost message names one; otherwise that message's first sentence.</summary>
    private static string Cause(Exception e)
    {
        var lines = e.GetBaseException().Message.ReplaceLineEndings("\n").Split('\n');
        return lines.FirstOrDefault(line => line.Contains("cannot open shared object file") || line.Contains("not found (required by"))
            ?? lines[0].Split(". ")[0];
    }

    /// <summary>The file of a native library of this process in brackets after a space; empty where the system does not say.</summary>
    private static string Place(string name) => LoadedFile(name) is { } path ? $" ({path})" : "";

    private static string? LoadedFile(string name)
    {
        const string maps = "/proc/self/maps";
        var line = File.Exists(maps) ? File.ReadLines(maps).FirstOrDefault(text => text.Contains($"/{name}")) : null;
        return line?[line.IndexOf('/')..];
    }
}
