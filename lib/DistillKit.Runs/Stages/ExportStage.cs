namespace DistillKit.Runs.Stages;

/// <summary>An ONNX file, compared with the engine's simulation of the same graph on validation images.</summary>
/// <param name="MeanDifference">The mean absolute difference of the logits.</param>
/// <param name="SameTop1">The share of images with the same first class.</param>
public sealed record ExportedFile(string Path, long Bytes, double MeanDifference, double SameTop1);

/// <summary>The files of a run, in the order of the pipeline.</summary>
public sealed record ExportResult(IReadOnlyList<ExportedFile> Files);

/// <summary>Writes the networks in floating point as ONNX files too, and checks every file by running it.</summary>
internal sealed class ExportStage(StageContext context, TrainingStages training, QuantizationStages quantization)
{
    private const int CheckedImages = 100;

    // Below this share something is wrong, not just rounded otherwise.
    private const double LeastAgreement = 0.9;

    public string PathOf(TrainingStage stage) => Path.Combine(context.Store.FolderOf(stage.Name), "model.onnx");

    private string[] Files =>
        [.. training.All.Select(PathOf), quantization.StaticPath, quantization.DynamicPath, quantization.AwarePath];

    public Stage<ExportResult> Stage => new(
        context, StageNames.Export, Files,
        () => StageStore.Fingerprint([quantization.Aware.Fingerprint(), .. training.All.Select(training.Fingerprint)]),
        [.. training.All.Select(stage => stage.Name), StageNames.PostTraining, StageNames.Aware],
        Needs: cancellation =>
        {
            foreach (var stage in training.All) training.Train(stage, cancellation);
            quantization.Aware.Run(cancellation);
        },
        cancellation =>
        {
            foreach (var stage in training.All) Write(stage, cancellation);
            return new([.. Files.Select(file => Check(file, cancellation))]);
        },
        Describe,
        $"{Files.Length} ONNX files",
        Writes: [.. training.All.Select(PathOf)]);

    private void Write(TrainingStage stage, CancellationToken cancellation)
    {
        context.Progress.Advanced(stage.Name);
        var (result, path) = training.Train(stage, cancellation);
        using var model = ModelFile.Load(path).Model;
        var graph = FoldBatchNorm.Apply(model.ToGraph(context.Data.Training.ImageSize));
        object recipe = stage.Training is { } trained ? trained : new { weights = Path.GetFileName(stage.Weights) };
        OnnxFile.Save(PathOf(stage), quantization.Described(graph, stage.Model, stage.Name, recipe, result.ValidationAccuracy));
    }

    private ExportedFile Check(string path, CancellationToken cancellation)
    {
        context.Progress.Advanced(Path.GetRelativePath(context.Store.Folder, path));
        var validation = context.Images.Validation;
        var images = validation.Subset([.. Enumerable.Range(0, Math.Min(CheckedImages, validation.Count))]);
        using var deployed = new Deployment(path, InferenceRuntime.Edge).Open();
        using var module = new GraphModule(OnnxFile.Load(path));
        module.to(context.Device);
        using var inference = new InferenceScope(module);
        // One by one, because dynamic ranges are those of a batch.
        float[] expected = [.. Enumerable.Range(0, images.Count).SelectMany(image =>
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            return module.call(context.Data.Validation.Take([image]).Images).cpu().contiguous().data<float>().ToArray();
        })];
        var actual = Evaluator.Logits(deployed, images, context.Images.Normalization, cancellation);
        var alike = RuntimeAgreement.Of(path, expected, actual, deployed.Classes);
        if (alike.SameTop1 < LeastAgreement)
            throw new InvalidOperationException(FormattableString.Invariant(
                $"{path} does not compute what its network does: only {alike.SameTop1:p0} of the answers are the same."));
        return new(path, new FileInfo(path).Length, alike.MeanDifference, alike.SameTop1);
    }

    private static string Describe(ExportResult result)
    {
        var (bytes, same) = (result.Files.Sum(file => file.Bytes), result.Files.Min(file => file.SameTop1));
        // Rounded down, so that "at least" holds.
        var images = same == 1 ? "all images" : FormattableString.Invariant($"at least {Math.Floor(100 * same):f0} % of the images");
        return string.Create(CultureInfo.InvariantCulture, $"{result.Files.Count} ONNX files, {bytes / 1e6:f2} MB; "
            + $"in each, Edge answers as the engine on {images} that were checked");
    }
}
