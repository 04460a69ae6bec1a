using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;

namespace DistillKit.Cli.Commands;

/// <summary>A trained network in a file, as a graph with folded norms.</summary>
internal static class ModelArgument
{
    private const int ImageSize = 32;

    internal static Argument<string> Create() => new("MODEL")
    {
        Description = "A trained network: .safetensors as `run` leaves it under artifacts/, or a .onnx of ours in floating point.",
    };

    internal static Graph Load(string path)
    {
        if (IsOnnx(path))
        {
            var graph = OnnxFile.Load(path);
            return graph.Layers.All(layer => layer.WeightQuantization is null)
                ? graph
                : throw new UserException($"{path} is quantized already: take the network that it was made from.");
        }
        using var model = ModelFile.Load(path).Model;
        using var inference = new InferenceScope(model);
        return FoldBatchNorm.Apply(model.ToGraph(ImageSize));
    }

    internal static bool IsOnnx(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
}
