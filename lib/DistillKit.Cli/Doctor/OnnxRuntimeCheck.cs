using DistillKit.Runs.Benchmarks;

namespace DistillKit.Cli.Doctor;

/// <summary>Does ONNX Runtime load? Only benchmarks need it.</summary>
internal static class OnnxRuntimeCheck
{
    public static Check Run() => OnnxModel.RuntimeDefect is not { } defect
        ? Check.OK("onnx", $"ONNX Runtime {OnnxModel.RuntimeVersion}{LoadedLibrary.Place("libonnxruntime.so")}")
        : Check.Warn("onnx", $"ONNX Runtime does not load: {defect}", "delete lib/DistillKit.Cli/bin and obj and run again; only benchmarks need it");
}
