using System.Text.Json;
using DistillKit.Distillation;
using DistillKit.Files;
using DistillKit.Models;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Pipeline;

/// <summary>A stage that trains a network.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Network">The network and its recipe.</param>
/// <param name="Teacher">The stage whose network teaches it; null to learn from labels alone.</param>
public sealed record TrainingStage(string Name, NetworkRecipe Network, string? Teacher)
{
    /// <summary>Decides the network's start, the order of the images, augmentation and dropout; null for the profile's seed.</summary>
    internal ulong? Seed { get; init; }
}

/// <summary>The stages that train networks in floating point.</summary>
internal sealed class TrainingStages(StageContext context)
{
    public const string Teacher = "teacher";
    public const string Baseline = "baseline";
    public const string Student = "distill";
    public const string ModelName = "model.safetensors";

    private Profile Profile => context.Profile;

    /// <summary>In order.</summary>
    public IReadOnlyList<TrainingStage> All { get; } =
    [
        new(Teacher, context.Profile.Teacher, Teacher: null),
        new(Baseline, context.Profile.Student, Teacher: null),
        new(Student, context.Profile.Student, Teacher),
    ];

    public TrainingStage this[string name] => All.First(stage => stage.Name == name);

    public string ModelPath(TrainingStage stage) => Path.Combine(context.Store.FolderOf(stage.Name), ModelName);

    /// <summary>Trains a network, after those that it needs, unless that has been done.</summary>
    public (TrainingResult Result, string ModelPath) Train(TrainingStage stage, CancellationToken cancellation)
    {
        var (fingerprint, path) = (Fingerprint(stage), ModelPath(stage));
        if (context.Elsewhere?.Invoke(stage, fingerprint, cancellation) is { } done) return done;
        if (File.Exists(path) && context.Store.Find<TrainingResult>(stage.Name, fingerprint) is { } earlier)
        {
            context.Found(stage.Name, Describe(earlier), TimeSpan.FromSeconds(earlier.Seconds));
            return (earlier, path);
        }
        using var teacher = stage.Teacher is null ? null : Load(stage.Teacher, cancellation);
        var seed = stage.Seed ?? Profile.Seed;
        manual_seed((long)seed);
        using var model = stage.Network.Model.Build();
        model.to(context.Device);
        var recipe = stage.Network.Training;
        var objective = Objective(recipe, teacher);
        using var trainer = new Trainer(model, objective, recipe, context.Data, seed, new(context.Store.FolderOf(stage.Name), fingerprint));
        teacher?.ComputeType = model.ComputeType;

        context.Observer.Started(stage.Name, Describe(stage.Network.Model), trainer.Step);
        var result = trainer.Run(new Forward<TrainingProgress>(context.Observer.Trained), cancellation);
        ModelFile.Save(path, model, Provenance(stage, result));
        Finish(stage.Name, fingerprint, result);
        return (result, path);
    }

    /// <summary>Makes what a stage learns from, unless that has been done.</summary>
    public void Prepare(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Teacher is { } teacher) Train(this[teacher], cancellation);
    }

    /// <summary>The network of a stage, trained if need be, on the device.</summary>
    public ImageClassifier Load(string stage, CancellationToken cancellation)
    {
        var model = ModelFile.Load(Train(this[stage], cancellation).ModelPath).Model;
        model.to(context.Device);
        return model;
    }

    /// <summary>What a network is trained for, alone or with a teacher.</summary>
    public IObjective Objective(TrainingRecipe recipe, ImageClassifier? teacher) => teacher is null
        ? new Supervised(recipe.LabelSmoothing)
        : new Distilled(new LiveTeacher(teacher, Profile.Distillation.TeacherResolution), Profile.Distillation.Loss(recipe.LabelSmoothing));

    /// <summary>Marks a training as finished: its checkpoint is not needed any more.</summary>
    public void Finish(string stage, string fingerprint, TrainingResult result)
    {
        context.Store.Finish(stage, fingerprint, result);
        File.Delete(Path.Combine(context.Store.FolderOf(stage), TrainingFiles.CheckpointName));
        context.Finish(stage, Describe(result), TimeSpan.FromSeconds(result.Seconds));
    }

    public string Fingerprint(TrainingStage stage) => StageStore.Fingerprint(
    [
        stage.Network.Model.ToJson(),
        stage.Network.Training,
        Profile.Data,
        stage.Seed ?? Profile.Seed,
        .. stage.Teacher is null ? (object[])[] : [Profile.Distillation, Fingerprint(this[stage.Teacher])],
    ]);

    public ModelInfo Provenance(TrainingStage stage, TrainingResult result) => context.Provenance(
        stage.Network.Model,
        JsonSerializer.Serialize(new { profile = Profile.Name, stage = stage.Name, training = stage.Network.Training, distillation = stage.Teacher is null ? null : Profile.Distillation }),
        result.ValidationAccuracy) with { Seed = (long)(stage.Seed ?? Profile.Seed) };

    public static string Describe(TrainingResult result) =>
        FormattableString.Invariant($"validation {100 * result.ValidationAccuracy:f2} %, {result.ImagesPerSecond:n0} images/s");

    public static string Describe(ModelSpec model) => model switch
    {
        ResNetSpec { Depth: { } depth } => FormattableString.Invariant($"ResNet-{depth} x{model.Width}"),
        ResNetSpec resNet => FormattableString.Invariant($"ResNet [{string.Join(",", resNet.Blocks!)}] x{model.Width}"),
        _ => FormattableString.Invariant($"MobileNetV2 x{model.Width}"),
    };
}
