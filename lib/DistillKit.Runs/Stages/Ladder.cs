using System.Diagnostics;
using System.Globalization;
using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Quantization;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using DistillKit.Runs.Profiles;
using DistillKit.Training;
using TorchSharp;

namespace DistillKit.Runs.Stages;

/// <summary>One way to quantize the student, and what it comes to.</summary>
/// <param name="Name">What it adds to the one before.</param>
/// <param name="Accuracy">On the validation images, in [0, 1].</param>
/// <param name="FileBytes">Of the ONNX file.</param>
/// <param name="PackedBytes">Of weights and biases, packed to their bits.</param>
/// <param name="Seconds">Time to quantize.</param>
public sealed record Rung(string Name, double Accuracy, long FileBytes, long PackedBytes, double Seconds);

/// <summary>The rungs, from the network in floating point to the best integer one.</summary>
/// <param name="WeightBits">Bits of the weights.</param>
/// <param name="Rungs">In order.</param>
public sealed record LadderResult(int WeightBits, IReadOnlyList<Rung> Rungs);

/// <summary>
/// Quantizes the distilled student in every way, each adding one idea to the one before: from one scale for a whole weight to training with the teacher.
/// </summary>
internal sealed class Ladder(StageContext context, TrainingStages training, int bits)
{
    private readonly List<Rung> rungs = [];

    private string Stage => $"ladder-w{bits.ToString(CultureInfo.InvariantCulture)}";

    private QuantizationRecipe Recipe => context.Profile.Quantization;

    private TrainingStage Student => training[TrainingStages.Student];

    private QuantizationPlan Plan => Recipe.PostTraining.Plan with { Weights = Recipe.PostTraining.Plan.Weights with { Bits = bits } };

    public LadderResult Climb(CancellationToken cancellation)
    {
        var fingerprint = StageStore.Fingerprint(training.Fingerprint(Student), Recipe, Stage);
        training.Train(Student, cancellation);
        return context.RunOnce(Stage, fingerprint, $"{bits}-bit weights", () =>
        {
            using var student = training.Load(TrainingStages.Student, cancellation);
            using var teacher = training.LiveTeacherOf(Student, cancellation);
            using var images = context.OnDevice(context.Images.Training.Sample(Recipe.CalibrationImages));
            var graph = student.ToGraph(context.Data.Training.ImageSize);
            var folded = FoldBatchNorm.Apply(graph);
            Add("float", () => folded);
            foreach (var (name, recipe) in Steps())
            {
                cancellation.ThrowIfCancellationRequested();
                Add(name, () => PostTrainingQuantization.Run(folded, recipe, images));
            }
            Add("quantization-aware training", () => TrainAware(graph, images, teacher: null, fingerprint, cancellation));
            Add("+ distillation", () => TrainAware(graph, images, teacher, fingerprint, cancellation));
            return new LadderResult(bits, rungs);
        }, result => FormattableString.Invariant($"{100 * result.Rungs[1].Accuracy:f2} % to {100 * result.Rungs[^1].Accuracy:f2} %"));
    }

    private IEnumerable<(string Name, PostTrainingRecipe Recipe)> Steps()
    {
        var recipe = new PostTrainingRecipe
        {
            Plan = Plan with { Weights = Plan.Weights with { Granularity = Granularity.PerTensor }, Observer = new(ObserverKind.MinMax) },
        };
        yield return ("per tensor, min/max", recipe);
        yield return ("+ a scale for each channel", recipe = recipe with { Plan = Plan with { Observer = recipe.Plan.Observer } });
        yield return ("+ least squared error", recipe = recipe with { Plan = Plan with { Observer = new(ObserverKind.MeanSquaredError) } });
        yield return ("+ equalization", recipe = recipe with { Equalize = true });
        yield return ("+ bias correction", recipe = recipe with { CorrectBias = true });
        yield return ("+ adaptive rounding", recipe with { AdaRound = true });
    }

    private Graph TrainAware(Graph graph, DeviceImages images, ITeacher? teacher, string fingerprint, CancellationToken cancellation)
    {
        using var module = new GraphModule(Quantizer.Quantize(graph, Plan, Calibration.Run(graph, Plan, images)), Recipe.Aware);
        module.to(context.Device);
        var files = new TrainingFiles(Path.Combine(context.Store.FolderOf(Stage), teacher is null ? "labels" : "distilled"), fingerprint);
        using var trainer = new Trainer(module, training.Objective(module, Recipe.Training, teacher, Student.Distillation), Recipe.Training, context.Data, context.Profile.Seed, files);
        trainer.Run(new SynchronousProgress<TrainingProgress>(context.Observer.Trained), cancellation);
        return Quantizer.FitBiases(FoldBatchNorm.Apply(module.ToGraph(context.Data.Training.ImageSize)));
    }

    private void Add(string name, Func<Graph> make)
    {
        context.Observer.Advanced(name);
        var start = Stopwatch.GetTimestamp();
        var graph = make();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var module = new GraphModule(graph);
        module.to(context.Device);
        var accuracy = Evaluator.Evaluate(module, context.Data.Validation, context.Data.ClassNames).Accuracy;
        rungs.Add(new(name, accuracy, OnnxFile.ToBytes(graph).Length, graph.PackedBytes, seconds));
    }
}
