using DistillKit.Quantization;
using DistillKit.Quantization.Plans;

namespace DistillKit.Runs.Stages;

/// <summary>The student's accuracies on the validation images, before and after post-training quantization.</summary>
/// <param name="Static">With calibrated ranges.</param>
/// <param name="Dynamic">With each batch's own ranges.</param>
/// <param name="Seconds">Time for calibration and rounding.</param>
public sealed record PostTrainingResult(double Float, double Static, double Dynamic, double Seconds);

/// <summary>The stages that turn the distilled student into integer networks.</summary>
internal sealed class QuantizationStages(StageContext context, TrainingStages training)
{
    private QuantizationRecipe Recipe => context.Profile.Quantization;

    public string StaticPath => Path.Combine(context.Store.FolderOf(StageNames.PostTraining), "static.onnx");

    public string DynamicPath => Path.Combine(context.Store.FolderOf(StageNames.PostTraining), "dynamic.onnx");

    public string AwarePath => Path.Combine(context.Store.FolderOf(StageNames.Aware), "model.onnx");

    public Stage<PostTrainingResult> PostTraining => new(
        context, StageNames.PostTraining, [StaticPath, DynamicPath],
        () => StageStore.Fingerprint(training.Fingerprint(training.Student), Recipe.PostTraining, Recipe.CalibrationImages),
        [StageNames.Student],
        Needs: cancellation => training.Train(training.Student, cancellation),
        Quantize,
        result => FormattableString.Invariant(
            $"validation: float {100 * result.Float:f2} %, static {100 * result.Static:f2} %, dynamic {100 * result.Dynamic:f2} %"),
        FormattableString.Invariant($"{Recipe.CalibrationImages:n0} calibration images"),
        Warnings: result => Warnings(
            ("static", LossWarning.For(result.Float, result.Static, Recipe.PostTraining)),
            ("dynamic", LossWarning.For(result.Float, result.Dynamic, Recipe.PostTraining))));

    public Stage<TrainingResult> Aware => new(
        context, StageNames.Aware, [AwarePath],
        () => StageStore.Fingerprint(PostTraining.Fingerprint(), Recipe.Aware, Recipe.Training),
        [StageNames.Student, StageNames.PostTraining],
        Needs: cancellation => PostTraining.Require(cancellation),
        TrainAware,
        TrainingStages.Describe,
        Seconds: result => result.Seconds,
        Writes: [AwarePath, .. context.Store.LogsOf(StageNames.Aware)],
        Warnings: result =>
            Warnings(("qat", LossWarning.For(PostTraining.Require(default).Float, result.ValidationAccuracy, recipe: null))));

    private static IEnumerable<string> Warnings(params IEnumerable<(string Name, string? Text)> found) =>
        found.Where(warning => warning.Text is not null).Select(warning => $"{warning.Name}: {warning.Text}");

    /// <summary>What a file of ours says about itself: provenance, and what a program needs to feed it.</summary>
    public Graph Described(Graph graph, ModelSpec spec, string stage, object recipe, double validationAccuracy)
    {
        var origin = new { profile = context.Profile.Name, stage, recipe };
        return graph.With(context.Provenance(spec, origin, validationAccuracy).ToMetadata());
    }

    private PostTrainingResult Quantize(CancellationToken cancellation)
    {
        using var student = training.Load(training.Student, cancellation);
        var graph = FoldBatchNorm.Apply(student.ToGraph(context.Data.Training.ImageSize));
        var start = Stopwatch.GetTimestamp();
        using var images = CalibrationImages(cancellation);
        var progress = new SynchronousProgress<(string Step, double Done)>(part =>
        {
            if (part.Done >= 1) context.Progress.Advanced($"{part.Step} done");
        });
        var calibrated = PostTrainingQuantization.Run(graph, Recipe.PostTraining, images, progress);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var dynamicPlan = Recipe.PostTraining.Plan with { Strategy = LayerStrategy.Dynamic, Layers = new Dictionary<string, LayerPlan>() };
        var dynamic = PostTrainingQuantization.Run(graph, new() { Plan = dynamicPlan }, images);
        var result = new PostTrainingResult(
            Accuracy(graph, cancellation), Accuracy(calibrated, cancellation), Accuracy(dynamic, cancellation), seconds);
        OnnxFile.Save(StaticPath, Described(calibrated, student.Spec, "ptq static", Recipe.PostTraining, result.Static));
        OnnxFile.Save(DynamicPath, Described(dynamic, student.Spec, "ptq dynamic", dynamicPlan, result.Dynamic));
        return result;
    }

    private TrainingResult TrainAware(CancellationToken cancellation)
    {
        using var student = training.Load(training.Student, cancellation);
        using var teacher = training.TeacherOf(training.Student with { Training = Recipe.Training }, cancellation);
        var size = context.Data.Training.ImageSize;
        using var images = CalibrationImages(cancellation);
        // With its norms, so that they go on following the batches until they are frozen.
        var (graph, plan) = (student.ToGraph(size), Recipe.PostTraining.Plan);
        using var module = new GraphModule(Quantizer.Quantize(graph, plan, Calibration.Run(graph, plan, images)), Recipe.Aware);
        module.to(context.Device);
        var objective = training.Objective(module, Recipe.Training, teacher, training.Student.Distillation);
        var files = new TrainingFiles(context.Store.FolderOf(StageNames.Aware), Aware.Fingerprint());
        using var trainer = new Trainer(module, objective, Recipe.Training, context.Data, context.Profile.Seed, files);
        context.Progress.Started(StageNames.Aware, "INT8, with the teacher", trainer.Resume());
        var result = trainer.Run(new SynchronousProgress<TrainingProgress>(context.Progress.Trained), cancellation);
        var deployed = Quantizer.FitBiases(FoldBatchNorm.Apply(module.ToGraph(size)));
        OnnxFile.Save(AwarePath, Described(deployed, student.Spec, "qat", Recipe, result.ValidationAccuracy));
        return result;
    }

    /// <summary>Equally many images of each class, as the recipe asks for, and no more than the smallest class has.</summary>
    private DeviceImages CalibrationImages(CancellationToken cancellation)
    {
        var training = context.Images.Training;
        var smallest = training.Labels.CountBy(label => label).Min(count => count.Value);
        var ofEach = Math.Clamp(Recipe.CalibrationImages / training.ClassNames.Count, 1, smallest);
        return context.OnDevice(training.Sample(ofEach * training.ClassNames.Count), cancellation);
    }

    private double Accuracy(Graph graph, CancellationToken cancellation)
    {
        using var module = new GraphModule(graph);
        module.to(context.Device);
        return Evaluator.Evaluate(module, context.Data.Validation, context.Data.ClassNames, cancellation: cancellation).Accuracy;
    }
}
