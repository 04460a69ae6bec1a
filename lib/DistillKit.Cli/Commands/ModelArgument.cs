namespace DistillKit.Cli.Commands;

/// <summary>A trained network in a file: as a graph with folded norms, and with what the file says about its images.</summary>
internal static class ModelArgument
{
    private const string Advice = "name the profile that it was trained with (--profile).";

    internal static Argument<string> Create() => new("MODEL")
    {
        Description = "A trained network: .safetensors as `run` leaves it under artifacts/, or a .onnx of ours in floating point.",
    };

    internal static (Graph Graph, ModelInput Input) Load(string path, int? imageSize)
    {
        if (IsOnnx(path))
        {
            var graph = OnnxFile.Load(path);
            if (graph.Layers.Any(layer => layer.WeightQuantization is not null))
                throw new UserException($"{path} is quantized already: take the network that it was made from.");
            return (graph, ModelInput.FromMetadata(graph.Metadata, graph.Shapes[graph.Output.Name][0]));
        }
        var (model, info) = ModelFile.Load(path);
        using (model)
        {
            using var inference = new InferenceScope(model);
            return (FoldBatchNorm.Apply(model.ToGraph(imageSize ?? 32)), info.Input);
        }
    }

    internal static bool IsOnnx(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>What a network is fed: its file's own word, else the images'.</summary>
    /// <exception cref="UserException">The network is one of other classes than the images.</exception>
    internal static Normalization For(this ModelInput input, string path, int classes, ImageSet images, Normalization standard)
    {
        if (input.ClassNames is { } names && !names.SequenceEqual(images.ClassNames))
            throw new UserException($"{path} tells {Listed(names)} apart, but the images are of {Listed(images.ClassNames)}: {Advice}");
        if (classes != images.ClassNames.Count)
            throw new UserException($"{path} has {classes} classes, but the images have {images.ClassNames.Count}: {Advice}");
        return input.Normalization ?? standard;
    }

    private static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(3)) + (names.Count > 3 ? " ..." : "");
}
