using System.Diagnostics;
using System.Text.Json;
using DistillKit.Distillation;
using DistillKit.Files;
using DistillKit.Networks;
using DistillKit.Runs.Profiles;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Runs.Stages;

/// <summary>A stage that trains a network.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Network">The network and its recipe.</param>
/// <param name="Teachers">The stages whose networks teach it together; none to learn from labels alone.</param>
/// <param name="Distillation">How it learns from them; null where there are none.</param>
public sealed record TrainingStage(string Name, NetworkRecipe Network, IReadOnlyList<string> Teachers, DistillationRecipe? Distillation)
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
    private const string SoftTargets = "soft-targets";

    private Profile Profile => context.Profile;

    /// <summary>In order.</summary>
    public IReadOnlyList<TrainingStage> All { get; } = [.. Compose(context.Profile)];

    public TrainingStage this[string name] => All.First(stage => stage.Name == name);

    public string ModelPath(TrainingStage stage) => Path.Combine(context.Store.FolderOf(stage.Name), ModelName);

    private static IEnumerable<TrainingStage> Compose(Profile profile)
    {
        yield return new(Teacher, profile.Teacher, [], Distillation: null);
        yield return new(Baseline, profile.Student, [], Distillation: null);
        var last = Teacher;
        foreach (var (index, assistant) in profile.Assistants.Index())
        {
            var name = AssistantRecipe.NameOf(index);
            yield return new(name, new(assistant.Model, assistant.Training), assistant.Distillation?.Teachers ?? [last], assistant.Distillation ?? profile.Distillation);
            last = name;
        }
        yield return new(Student, profile.Student, profile.Distillation.Teachers ?? [last], profile.Distillation);
    }

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
        using var teacher = TeacherOf(stage, cancellation);
        var seed = stage.Seed ?? Profile.Seed;
        manual_seed((long)seed);
        using var model = stage.Network.Model.Build();
        model.to(context.Device);
        var recipe = stage.Network.Training;
        var objective = Objective(model, recipe, teacher, stage.Distillation);
        // What learned along with a network has not been kept.
        var before = objective.Adapters?.parameters().Any() is true ? null : Before(stage);
        if (before is not null) ModelFile.LoadInto(path, model);
        using var trainer = new Trainer(model, objective, recipe, context.Data, seed, new(context.Store.FolderOf(stage.Name), fingerprint, before));
        (teacher as LiveTeacher)?.ComputeType = model.ComputeType;

        context.Observer.Started(stage.Name, Describe(stage.Network.Model), trainer.Step);
        var result = trainer.Run(new SynchronousProgress<TrainingProgress>(context.Observer.Trained), cancellation);
        ModelFile.Save(path, model, Provenance(stage, result));
        Finish(stage.Name, fingerprint, result);
        return (result, path);
    }

    /// <summary>What a stage came to with a recipe that ended before one of this recipe's restarts; null if the folder holds no such result.</summary>
    private TrainingResult? Before(TrainingStage stage)
    {
        if (stage.Network.Training.BeforeRestart() is not { } recipe || !File.Exists(ModelPath(stage))) return null;
        var shorter = stage with { Network = stage.Network with { Training = recipe } };
        // Stopped early, it would not have come to the restart.
        var found = context.Store.Find<TrainingResult>(stage.Name, Fingerprint(shorter));
        return found is null ? Before(shorter) : found.Epochs == recipe.Epochs ? found : null;
    }

    /// <summary>Makes what a stage learns from, unless that has been done.</summary>
    public void Prepare(TrainingStage stage, CancellationToken cancellation)
    {
        foreach (var teacher in stage.Teachers) Train(this[teacher], cancellation);
        if (stage.Distillation is { Stored: true }) TeacherOf(stage, cancellation)!.Dispose();
    }

    /// <summary>The network of a stage, trained if need be, on the device.</summary>
    public ImageClassifier Load(string stage, CancellationToken cancellation)
    {
        var model = ModelFile.Load(Train(this[stage], cancellation).ModelPath).Model;
        model.to(context.Device);
        return model;
    }

    /// <summary>The networks that teach a stage, trained if need be.</summary>
    public LiveTeacher LiveTeacherOf(TrainingStage stage, CancellationToken cancellation) =>
        new([.. stage.Teachers.Select(name => Load(name, cancellation))], stage.Distillation!.TeacherResolution);

    /// <summary>What a network is trained for, alone or with a teacher. Quantization-aware training has no features to tap, so it learns by the terms on logits.</summary>
    public IObjective Objective(nn.Module<Tensor, Tensor> student, TrainingRecipe recipe, ITeacher? teacher, DistillationRecipe? distillation)
    {
        if (teacher is null || distillation is null) return new Supervised(recipe.LabelSmoothing);
        var known = new NetworkSignature(teacher.Classes, teacher.Features);
        var loss = student is ImageClassifier network
            ? new DistillationLoss(distillation, network, known, recipe.LabelSmoothing)
            : new DistillationLoss(distillation.OnLogits(), known with { Features = [] }, known, recipe.LabelSmoothing);
        return new Distilled(teacher, loss.to(context.Device));
    }

    private ITeacher? TeacherOf(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Distillation is not { } distillation) return null;
        if (distillation.Stored is not true) return LiveTeacherOf(stage, cancellation);
        var (recipe, images) = (stage.Network.Training, context.Data.Training);
        var run = StageStore.Fingerprint([.. stage.Teachers.Select(name => Fingerprint(this[name])), $"{distillation.TeacherResolution}", recipe.Augmentation, recipe.Views!]);
        // Beside the teacher, which several runs may share.
        string[] networks = [.. stage.Teachers.Select(name => Train(this[name], cancellation).ModelPath)];
        var folder = Path.Combine(Path.GetDirectoryName(networks[0])!, SoftTargets, run);
        Directory.CreateDirectory(folder);
        var start = Stopwatch.GetTimestamp();
        context.Observer.Started(SoftTargets, $"of {string.Join(" and ", stage.Teachers)}");
        using var exclusive = LockFile.Hold(Path.Combine(folder, ".lock"), cancellation, () => context.Observer.Advanced("waits for another process that stores them"));
        var store = new SoftTargetStore(folder, run);
        var made = store.Fill(Asked, images, recipe, new SynchronousProgress<string>(context.Observer.Advanced), cancellation);
        context.Observer.Finished(SoftTargets, made == 0 ? "all there" : $"{made} views of {images.Count:N0} images", Stopwatch.GetElapsedTime(start), isFromEarlierRun: made == 0);
        return store.Open(recipe, images);

        // It computes as it would beside the student.
        LiveTeacher Asked()
        {
            var teacher = LiveTeacherOf(stage, cancellation);
            teacher.ComputeType = recipe.Precision.Resolve(context.Device);
            return teacher;
        }
    }

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
        .. stage.Distillation is null ? (object[])[] : [stage.Distillation, .. stage.Teachers.Select(name => Fingerprint(this[name]))],
    ]);

    public ModelInfo Provenance(TrainingStage stage, TrainingResult result) => context.Provenance(
        stage.Network.Model,
        JsonSerializer.Serialize(new { profile = Profile.Name, stage = stage.Name, training = stage.Network.Training, distillation = stage.Distillation }),
        result.ValidationAccuracy) with
    { Seed = (long)(stage.Seed ?? Profile.Seed) };

    public static string Describe(TrainingResult result) =>
        FormattableString.Invariant($"validation {100 * result.ValidationAccuracy:f2} %");

    public static string Describe(ModelSpec model) => model switch
    {
        ResNetSpec { Depth: { } depth } => FormattableString.Invariant($"ResNet-{depth} x{model.Width}"),
        ResNetSpec resNet => FormattableString.Invariant($"ResNet [{string.Join(",", resNet.Blocks!)}] x{model.Width}"),
        _ => FormattableString.Invariant($"MobileNetV2 x{model.Width}"),
    };
}
