using DistillKit.Edge;

namespace DistillKit.Runs.Benchmarks;

/// <summary>An ONNX file in DistillKit.Edge, on one thread.</summary>
internal sealed class EdgeRuntimeModel : IDeployedModel
{
    private readonly EdgeModel model;

    public EdgeRuntimeModel(string path)
    {
        try
        {
            model = EdgeModel.Load(path);
        }
        catch (EdgeException error)
        {
            throw new UserException($"{path}: {error.Message}", error);
        }
    }

    public string Runtime => $"Edge {model.InstructionSet}";

    public int Classes => model.Classes;

    public IReadOnlyList<int> InputShape => model.InputShape;

    public IReadOnlyDictionary<string, string> Metadata => model.Metadata;

    public void Run(ReadOnlySpan<float> images, Span<float> logits) => model.Run(images, logits);

    public void Dispose() => model.Dispose();
}
