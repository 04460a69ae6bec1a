using DistillKit.Edge;

namespace DistillKit.Evaluation;

/// <summary>A file in DistillKit.Edge.</summary>
internal sealed class DeployedOnEdge : IDeployedModel
{
    private readonly EdgeModel model;

    /// <exception cref="UserException">The file cannot be used.</exception>
    public DeployedOnEdge(string path, int threads)
    {
        try
        {
            model = EdgeModel.Load(path, new() { Threads = threads });
        }
        catch (EdgeException error)
        {
            throw new UserException($"{path}: {error.Message}", error);
        }
    }

    public string Runtime => $"Edge {model.InstructionSet}";

    public int Classes => model.Classes;

    public IReadOnlyList<int> InputShape => model.InputShape;

    public void Run(ReadOnlySpan<float> images, Span<float> logits) => model.Run(images, logits);

    public void Dispose() => model.Dispose();
}
