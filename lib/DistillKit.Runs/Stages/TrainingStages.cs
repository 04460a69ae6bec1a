using DistillKit.Distillation;
using DistillKit.Files;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Runs.Profiles;
using DistillKit.Training;

namespace DistillKit.Runs.Stages;

/// <summary>A stage that trains a network, or takes weights as they are.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Model">The network.</param>
/// <param name="Training">How it is trained; null for weights that are taken.</param>
/// <param name="Teachers">The stages whose networks teach it together; none to learn from labels alone.</param>
/// <param name="Distillation">How it learns from them; null where there are none.</param>
public sealed record TrainingStage(
    string Name, ModelSpec Model, TrainingRecipe? Training, IReadOnlyList<string> Teachers, DistillationRecipe? Distillation)
{
    /// <summary>The file with the weights that are taken; null to train.</summary>
    public string? Weights { get; init; }

    /// <summary>Decides the network's start, the order of the images, augmentation and dropout; null for the profile's seed.</summary>
    internal ulong? Seed { get; init; }

    /// <summary>How it is trained.</summary>
    internal TrainingRecipe Recipe => Training ?? throw new InvalidOperationException($"{Name} is not trained.");
}

/// <summary>The stages that train networks in floating point.</summary>
internal sealed class TrainingStages(StageContext context)
{
    public const string ModelName = "model.safetensors";
    private const string SoftTargets = "soft-targets";

    private Profile Profile => context.Profile;

    /// <summary>In order.</summary>
    public IReadOnlyList<TrainingStage> All { get; } = [.. Compose(context.Profile)];

    public TrainingStage Student => this[StageNames.Student];

    public TrainingStage this[string name] => All.First(stage => stage.Name == name);

    public string ModelPath(TrainingStage stage) => Path.Combine(context.Store.FolderOf(stage.Name), ModelName);

    private static IEnumerable<TrainingStage> Compose(Profile profile)
    {
        var (teacher, student) = (profile.Teacher, profile.Student);
        var recipe = teacher.Weights is null ? teacher.Training : null;
        yield return new(StageNames.Teacher, teacher.Model, recipe, [], null) { Weights = teacher.Weights };
        yield return new(StageNames.Baseline, student.Model, student.Training, [], null);
        var last = StageNames.Teacher;
        foreach (var (index, assistant) in profile.Assistants.Index())
        {
            var name = AssistantRecipe.NameOf(index);
            var distillation = assistant.Distillation ?? profile.Distillation;
            yield return new(name, assistant.Model, assistant.Training, assistant.Distillation?.Teachers ?? [last], distillation);
            last = name;
        }
        var teachers = profile.Distillation.Teachers ?? [last];
        yield return new(StageNames.Student, student.Model, student.Training, teachers, profile.Distillation);
    }

    /// <summary>Trains a network, after those that it needs, unless that has been done.</summary>
    public (TrainingResult Result, string ModelPath) Train(TrainingStage stage, CancellationToken cancellation) =>
        context.TrainShared?.Invoke(stage, Fingerprint(stage), cancellation) ?? (StageOf(stage).Run(cancellation), ModelPath(stage));

    public Stage<TrainingResult> StageOf(TrainingStage stage) => new(context, stage.Name)
    {
        Fingerprint = () => Fingerprint(stage),
        Needs = cancellation =>
        {
            foreach (var teacher in stage.Teachers) Train(this[teacher], cancellation);
        },
        Files = [ModelPath(stage)],
        Make = cancellation => stage.Weights is { } weights ? Take(stage, weights) : Fit(stage, cancellation),
        Describe = Describe,
        Seconds = result => result.Seconds,
    };

    private TrainingResult Fit(TrainingStage stage, CancellationToken cancellation)
    {
        using var teacher = TeacherOf(stage, cancellation);
        var (recipe, seed, path) = (stage.Recipe, stage.Seed ?? Profile.Seed, ModelPath(stage));
        manual_seed((long)seed);
        using var model = stage.Model.Build();
        model.to(context.Device);
        var objective = Objective(model, recipe, teacher, stage.Distillation);
        // What learned along with a network has not been kept.
        var shorter = objective.Adapters?.parameters().Any() is true ? null : ResultBeforeRestart(stage);
        if (shorter is not null) ModelFile.LoadInto(path, model);
        var files = new TrainingFiles(context.Store.FolderOf(stage.Name), Fingerprint(stage), shorter);
        using var trainer = new Trainer(model, objective, recipe, context.Data, seed, files);
        (teacher as LiveTeacher)?.ComputeType = model.ComputeType;

        context.Progress.Started(stage.Name, Describe(stage.Model), trainer.Resume());
        var result = trainer.Run(new SynchronousProgress<TrainingProgress>(context.Progress.Trained), cancellation);
        ModelFile.Save(path, model, Provenance(stage, result));
        return result;
    }

    /// <summary>Takes weights as they are: validates them, and keeps a copy that says what it is.</summary>
    private TrainingResult Take(TrainingStage stage, string weights)
    {
        if (Path.GetFullPath(weights) == ModelPath(stage))
            throw new UserException(
                $"The weights {weights} are where the stage {stage.Name} writes: move them to another place, and name that.");
        context.Progress.Started(stage.Name, $"{Describe(stage.Model)} from {Path.GetFileName(weights)}");
        var start = Stopwatch.GetTimestamp();
        var (model, own) = ModelFile.LoadAs(weights, stage.Model);
        using var loaded = model;
        var info = own ?? new()
        {
            Spec = stage.Model,
            Recipe = JsonSerializer.Serialize(new { profile = Profile.Name, stage = stage.Name, weights = Path.GetFileName(weights) }),
        };
        model.to(context.Device);
        var accuracy = Evaluator.Evaluate(model, context.Data.Validation, context.Data.ClassNames).Accuracy;
        ModelFile.Save(ModelPath(stage), model, info with { Accuracy = accuracy });
        return new(0, 0, accuracy, Stopwatch.GetElapsedTime(start).TotalSeconds, 0, nameof(ScalarType.Float32));
    }

    /// <summary>What a stage came to with a recipe that ended before one of this recipe's restarts; null if it did not.</summary>
    private TrainingResult? ResultBeforeRestart(TrainingStage stage)
    {
        if (stage.Recipe.BeforeRestart() is not { } recipe || !File.Exists(ModelPath(stage))) return null;
        var shorter = stage with { Training = recipe };
        // Stopped early, it would not have come to the restart.
        var found = context.Store.Find<TrainingResult>(stage.Name, Fingerprint(shorter));
        return found is null ? ResultBeforeRestart(shorter) : found.Epochs == recipe.Epochs ? found : null;
    }

    /// <summary>Makes what a stage learns from, unless that has been done.</summary>
    public void Prepare(TrainingStage stage, CancellationToken cancellation)
    {
        StageOf(stage).Needs(cancellation);
        if (stage.Distillation is { Stored: true }) TeacherOf(stage, cancellation)!.Dispose();
    }

    /// <summary>The network of a stage, trained if need be, on the device.</summary>
    public ImageClassifier Load(TrainingStage stage, CancellationToken cancellation)
    {
        var model = ModelFile.Load(Train(stage, cancellation).ModelPath).Model;
        model.to(context.Device);
        return model;
    }

    /// <summary>The networks that teach a stage, trained if need be.</summary>
    public LiveTeacher LiveTeacherOf(TrainingStage stage, CancellationToken cancellation) =>
        new([.. stage.Teachers.Select(name => Load(this[name], cancellation))], stage.Distillation!.TeacherResolution);

    /// <summary>What a network is trained for. One that is quantized has no features to tap, and learns by the terms on logits.</summary>
    public IObjective Objective(
        nn.Module<Tensor, Tensor> student, TrainingRecipe recipe, ITeacher? teacher, DistillationRecipe? distillation)
    {
        if (teacher is null || distillation is null) return new SupervisedObjective(recipe.LabelSmoothing);
        var known = new NetworkSignature(teacher.Classes, teacher.Features);
        var loss = student is ImageClassifier network
            ? new DistillationLoss(distillation, network, known, recipe.LabelSmoothing)
            : new DistillationLoss(distillation.OnLogits(), known with { Features = [] }, known, recipe.LabelSmoothing);
        return new DistillationObjective(teacher, loss.to(context.Device));
    }

    private ITeacher? TeacherOf(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Distillation is not { } distillation) return null;
        return distillation.Stored is true ? StoredTeacherOf(stage, distillation, cancellation) : LiveTeacherOf(stage, cancellation);
    }

    private ITeacher StoredTeacherOf(TrainingStage stage, DistillationRecipe distillation, CancellationToken cancellation)
    {
        var (recipe, images) = (stage.Recipe, context.Data.Training);
        var fingerprints = stage.Teachers.Select(name => Fingerprint(this[name]));
        var run = StageStore.Fingerprint([.. fingerprints, $"{distillation.TeacherResolution}", recipe.Augmentation, recipe.Views!]);
        // Beside the teacher, which several runs may share.
        string[] networks = [.. stage.Teachers.Select(name => Train(this[name], cancellation).ModelPath)];
        var folder = Path.Combine(Path.GetDirectoryName(networks[0])!, SoftTargets, run);
        Directory.CreateDirectory(folder);
        var start = Stopwatch.GetTimestamp();
        context.Progress.Started(SoftTargets, $"of {string.Join(" and ", stage.Teachers)}");
        using var exclusive = LockFile.Hold(
            Path.Combine(folder, ".lock"), cancellation, () => context.Progress.Advanced("waits for another process that stores them"));
        var store = new SoftTargetStore(folder, run);
        var made = store.Fill(Live, images, recipe, new SynchronousProgress<string>(context.Progress.Advanced), cancellation);
        var result = made == 0 ? "all there" : $"{made} views of {images.Count:N0} images";
        context.Progress.Finished(SoftTargets, result, Stopwatch.GetElapsedTime(start), isFromEarlierRun: made == 0);
        return store.Open(recipe, images);

        // It computes as it would beside the student.
        LiveTeacher Live()
        {
            var teacher = LiveTeacherOf(stage, cancellation);
            teacher.ComputeType = recipe.Precision.Resolve(context.Device);
            return teacher;
        }
    }

    public string Fingerprint(TrainingStage stage) => StageStore.Fingerprint(
    [
        stage.Model.ToJson(),
        stage.Weights is { } weights ? $"weights {TeacherRecipe.HashOf(weights)}" : stage.Recipe,
        context.DataIdentity,
        stage.Seed ?? Profile.Seed,
        .. stage.Distillation is null ? (object[])[] : [stage.Distillation, .. stage.Teachers.Select(name => Fingerprint(this[name]))],
    ]);

    private ModelInfo Provenance(TrainingStage stage, TrainingResult result)
    {
        var recipe = new { profile = Profile.Name, stage = stage.Name, training = stage.Training, distillation = stage.Distillation };
        var info = context.Provenance(stage.Model, JsonSerializer.Serialize(recipe), result.ValidationAccuracy);
        return info with { Seed = (long)(stage.Seed ?? Profile.Seed) };
    }

    public static string Describe(TrainingResult result) =>
        FormattableString.Invariant($"validation {100 * result.ValidationAccuracy:f2} %");

    private static string Describe(ModelSpec model) => model switch
    {
        ResNetSpec { Depth: { } depth } => FormattableString.Invariant($"ResNet-{depth} x{model.Width}"),
        ResNetSpec { Blocks: { } blocks } => FormattableString.Invariant($"ResNet [{string.Join(",", blocks)}] x{model.Width}"),
        MobileNetV2Spec => FormattableString.Invariant($"MobileNetV2 x{model.Width}"),
        _ => model.GetType().Name,
    };
}
