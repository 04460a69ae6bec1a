using System.Diagnostics;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Profiles;
using DistillKit.Training;
using TorchSharp;

namespace DistillKit.Runs.Stages;

/// <summary>What post-training quantization came to, on the validation images.</summary>
/// <param name="Float">Accuracy of the student before.</param>
/// <param name="Static">Accuracy with calibrated ranges.</param>
/// <param name="Dynamic">Accuracy with each batch's own ranges.</param>
/// <param name="Seconds">Time for calibration and rounding.</param>
public sealed record PostTrainingResult(double Float, double Static, double Dynamic, double Seconds);

/// <summary>The stages that turn the distilled student into integer networks: <c>ptq</c> and <c>qat</c>.</summary>
internal sealed class QuantizationStages(StageContext context, TrainingStages training)
{
    public const string PostTraining = "ptq";
    public const string Aware = "qat";

    private Profile Profile => context.Profile;

    private QuantizationRecipe Recipe => context.Profile.Quantization;

    public string StaticPath => Path.Combine(context.Store.FolderOf(PostTraining), "static.onnx");

    public string DynamicPath => Path.Combine(context.Store.FolderOf(PostTraining), "dynamic.onnx");

    public string AwarePath => Path.Combine(context.Store.FolderOf(Aware), "model.onnx");

    public string PostTrainingFingerprint => StageStore.Fingerprint(
        training.Fingerprint(training[TrainingStages.Student]), Recipe.PostTraining, Recipe.CalibrationImages);

    public string AwareFingerprint => StageStore.Fingerprint(PostTrainingFingerprint, Recipe.Aware, Recipe.Training);

    /// <summary>Rounds the student as it is, with static and with dynamic ranges.</summary>
    public PostTrainingResult Quantize(CancellationToken cancellation)
    {
        training.Train(training[TrainingStages.Student], cancellation);
        return context.RunOnce(PostTraining, PostTrainingFingerprint, FormattableString.Invariant($"{Recipe.CalibrationImages:n0} calibration images"), () =>
        {
            using var student = training.Load(TrainingStages.Student, cancellation);
            var graph = FoldBatchNorm.Apply(student.ToGraph(context.Data.Training.ImageSize));
            var start = Stopwatch.GetTimestamp();
            using var images = CalibrationImages();
            var calibrated = PostTrainingQuantization.Run(graph, Recipe.PostTraining, images, new SynchronousProgress<(string Step, double Done)>(Announce));
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var dynamicPlan = Recipe.PostTraining.Plan with { Strategy = LayerStrategy.Dynamic, Layers = new Dictionary<string, LayerPlan>() };
            var dynamic = PostTrainingQuantization.Run(graph, new() { Plan = dynamicPlan }, images);
            var result = new PostTrainingResult(Accuracy(graph), Accuracy(calibrated), Accuracy(dynamic), seconds);
            OnnxFile.Save(StaticPath, Described(calibrated, student.Spec, "ptq static", Recipe.PostTraining, result.Static));
            OnnxFile.Save(DynamicPath, Described(dynamic, student.Spec, "ptq dynamic", dynamicPlan, result.Dynamic));
            return result;
        }, result => FormattableString.Invariant($"validation: float {100 * result.Float:f2} %, static {100 * result.Static:f2} %, dynamic {100 * result.Dynamic:f2} %"), StaticPath, DynamicPath);
    }

    /// <summary>Trains the rounded student, with the teacher's help.</summary>
    public TrainingResult TrainAware(CancellationToken cancellation)
    {
        Quantize(cancellation);
        if (File.Exists(AwarePath) && context.Store.Find<TrainingResult>(Aware, AwareFingerprint) is { } earlier)
        {
            context.Found(Aware, TrainingStages.Describe(earlier), TimeSpan.FromSeconds(earlier.Seconds));
            return earlier;
        }
        using var student = training.Load(TrainingStages.Student, cancellation);
        var stage = training[TrainingStages.Student];
        using var teacher = training.LiveTeacherOf(stage, cancellation);
        var size = context.Data.Training.ImageSize;
        // With its norms, so that they go on following the batches until they are frozen.
        var graph = student.ToGraph(size);
        using var module = new GraphModule(Rounded(graph), Recipe.Aware);
        module.to(context.Device);
        using var trainer = new Trainer(module, training.Objective(module, Recipe.Training, teacher, stage.Distillation), Recipe.Training, context.Data, Profile.Seed, new(context.Store.FolderOf(Aware), AwareFingerprint));
        context.Observer.Started(Aware, "INT8, with the teacher", trainer.Step);
        var result = trainer.Run(new SynchronousProgress<TrainingProgress>(context.Observer.Trained), cancellation);
        var deployed = Quantizer.FitBiases(FoldBatchNorm.Apply(module.ToGraph(size)));
        OnnxFile.Save(AwarePath, Described(deployed, student.Spec, "qat", Recipe, result.ValidationAccuracy));
        training.Finish(Aware, AwareFingerprint, result);
        return result;
    }

    /// <summary>What a file of ours says about itself: provenance, and what a program needs to feed it.</summary>
    public Graph Described(Graph graph, ModelSpec spec, string stage, object recipe, double validationAccuracy)
    {
        var info = context.Provenance(spec, JsonSerializer.Serialize(new { profile = Profile.Name, stage, recipe }), validationAccuracy);
        var input = OnnxFile.InputMetadata(context.Images.Normalization, context.Images.Training.ClassNames);
        return graph.With(info.ToMetadata().Concat(input).ToDictionary());
    }

    private DeviceImages CalibrationImages() => context.OnDevice(context.Images.Training.Sample(Recipe.CalibrationImages));

    /// <summary>Where the training starts: calibrated, with the norms still in the graph.</summary>
    private Graph Rounded(Graph graph)
    {
        using var images = CalibrationImages();
        return Quantizer.Quantize(graph, Recipe.PostTraining.Plan, Calibration.Run(graph, Recipe.PostTraining.Plan, images));
    }

    private void Announce((string Step, double Done) progress)
    {
        if (progress.Done >= 1) context.Observer.Advanced($"{progress.Step} done");
    }

    private double Accuracy(Graph graph)
    {
        using var module = new GraphModule(graph);
        module.to(context.Device);
        return Evaluator.Evaluate(module, context.Data.Validation, context.Data.ClassNames).Accuracy;
    }
}
