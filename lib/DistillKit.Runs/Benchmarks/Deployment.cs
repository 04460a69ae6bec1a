using DistillKit.Metrics;

namespace DistillKit.Runs.Benchmarks;

/// <summary>A program that runs ONNX files.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InferenceRuntime>))]
public enum InferenceRuntime
{
    /// <summary>ONNX Runtime on the CPU.</summary>
    OnnxRuntime,

    /// <summary>DistillKit.Edge.</summary>
    Edge,
}

/// <summary>A deployed file, and what runs it.</summary>
/// <param name="Path">The ONNX file.</param>
/// <param name="Runtime">What runs it.</param>
public sealed record Deployment(string Path, InferenceRuntime Runtime)
{
    /// <summary>The runtimes of this machine; ONNX Runtime first, where its library is found.</summary>
    public static IReadOnlyList<InferenceRuntime> Runtimes =>
        OnnxRuntimeModel.RuntimeVersion is null ? [InferenceRuntime.Edge] : [InferenceRuntime.OnnxRuntime, InferenceRuntime.Edge];

    /// <summary>Loads the file.</summary>
    /// <param name="threads">Threads to compute with.</param>
    /// <exception cref="UserException">The file cannot be used, or the runtime is not on this machine.</exception>
    public IDeployedModel Open(int threads = 1) => Runtime switch
    {
        InferenceRuntime.Edge => new EdgeRuntimeModel(Path, threads),
        InferenceRuntime.OnnxRuntime => OnnxRuntimeModel.Load(Path, threads),
        _ => throw new UnreachableException($"{Runtime}"),
    };
}
