using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace DistillKit.Cli.Doctor;

/// <summary>Does TorchSharp, or its polyfill, load and compute, and on which devices?</summary>
static class EngineChecks
{
    public static IEnumerable<Check> Run()
    {
        var kind = PackageChecks.IsPolyfilled("TorchSharp") ? "polyfill of TorchSharp" : "TorchSharp";
        Check engine;
        var output = Console.Out;
        Console.SetOut(TextWriter.Null); // TorchSharp prints its search for libraries
        try
        {
            Compute();
            engine = Check.OK("engine", $"{kind}, libtorch {__version__}{LoadedLibrary.Place("libtorch_cpu.so")}, threads: {get_num_threads()}");
        }
        catch (Exception e) // whatever a native library that is missing or does not fit brings about
        {
            engine = Check.Fail("engine", $"{kind} does not load: {Cause(e)}", PackageChecks.IsPolyfilled("TorchSharp")
                ? "`./distillkit run` installs libtorch and a C++ compiler where it may; or set LIBTORCH to an unpacked LibTorch, then run doctor again"
                : "set TorchSharpBackend to cpu, cuda-linux or cuda-windows, or DISTILLKIT_POLYFILL=TorchSharp to use the machine's own libtorch");
        }
        finally
        {
            Console.SetOut(output);
        }
        yield return engine;
        yield return engine.Status == CheckStatus.OK ? Gpu() : Check.Warn("gpu", "unknown while the engine does not load", "mend the engine first");
    }

    // Not inlined: the first touch of TorchSharp's types has to happen inside the try block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Compute()
    {
        using var scope = NewDisposeScope();
        var sum = ones(8, 8).matmul(ones(8, 8)).sum().item<float>();
        if (sum != 512)
            throw new InvalidOperationException($"8 x 8 ones squared sum to {sum} instead of 512");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Check Gpu()
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
    static string Cause(Exception e)
    {
        if (e.InnerException is { } inner)
            return Cause(inner);
        var lines = e.Message.ReplaceLineEndings("\n").Split('\n');
        return lines.FirstOrDefault(line => line.Contains("cannot open shared object file") && !line.Contains("distillkit_torch")) ?? lines[0].Split(". ")[0];
    }
}
