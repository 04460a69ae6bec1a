using DistillKit.Evaluation;

namespace DistillKit.Cli.Doctor;

/// <summary>Does ONNX Runtime load, the package or its polyfill? Only benchmarks need it.</summary>
static class OnnxRuntimeCheck
{
    public static Check Run()
    {
        const string name = "onnx", package = "Microsoft.ML.OnnxRuntime";
        var polyfilled = PackageChecks.IsPolyfilled(package);
        var kind = polyfilled ? $"polyfill of {package}" : package;
        return OnnxModel.RuntimeDefect is not { } defect
            ? Check.OK(name, $"{kind}, ONNX Runtime {OnnxModel.RuntimeVersion}{LoadedLibrary.Place("libonnxruntime.so")}")
            : Check.Warn(name, $"{kind} does not load: {defect}", polyfilled
                ? "`./distillkit run` fetches the library with npm; or set ONNXRUNTIME to libonnxruntime.so.1, or to the folder that has it"
                : $"set DISTILLKIT_POLYFILL={package} to use a library of your own");
    }
}
