using System.Numerics.Tensors;

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

/// <summary>A deployed ONNX file, and what runs it.</summary>
public sealed record Deployment(string Path, InferenceRuntime Runtime)
{
    /// <summary>The runtimes of this machine; ONNX Runtime first, where its library is found.</summary>
    public static IReadOnlyList<InferenceRuntime> Runtimes =>
        OnnxRuntimeModel.RuntimeVersion is null ? [InferenceRuntime.Edge] : [InferenceRuntime.OnnxRuntime, InferenceRuntime.Edge];

    /// <summary>Loads the file.</summary>
    /// <exception cref="UserException">The file cannot be used, or the runtime is not on this machine.</exception>
    public IDeployedModel Open(int threads = 1) => Runtime switch
    {
        InferenceRuntime.Edge => Copies(() => new EdgeRuntimeModel(Path), threads),
        InferenceRuntime.OnnxRuntime when threads > 1 && OnnxRuntimeModel.TakesOneByOne(Path) =>
            Copies(() => OnnxRuntimeModel.Load(Path), threads),
        InferenceRuntime.OnnxRuntime => OnnxRuntimeModel.Load(Path, threads),
        _ => throw new UnreachableException($"{Runtime}"),
    };

    private static IDeployedModel Copies(Func<IDeployedModel> load, int threads) => threads switch
    {
        < 1 => throw new UserException($"A model needs at least 1 thread, but {threads} were asked for."),
        1 => load(),
        _ => new ModelCopies([.. Enumerable.Range(0, threads).Select(_ => load())]),
    };
}

/// <summary>How alike the answers of two runtimes to one file are.</summary>
/// <param name="Name">The network and its numbers.</param>
/// <param name="SameTop1">The share of images with the same first class, in [0, 1].</param>
/// <param name="MeanDifference">The mean absolute difference of the logits.</param>
public sealed record RuntimeAgreement(string Name, double SameTop1, double MeanDifference)
{
    internal static RuntimeAgreement Of(string name, float[] one, float[] other, int classes)
    {
        var same = one.Chunk(classes).Zip(other.Chunk(classes))
            .Count(row => TensorPrimitives.IndexOfMax(row.First) == TensorPrimitives.IndexOfMax(row.Second));
        var difference = one.Zip(other, (left, right) => (double)Math.Abs(left - right)).Sum();
        return new(name, (double)same * classes / one.Length, difference / one.Length);
    }
}
