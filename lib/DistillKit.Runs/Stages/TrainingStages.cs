namespace DistillKit.Runs.Stages;

/// <summary>A stage that trains a network, or takes weights as they are.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Training">How it is trained; null for weights that are taken.</param>
/// <param name="Teachers">The stages whose networks teach it together; none to learn from labels alone.</param>
/// <param name="Distillation">How it learns from them; null where there are none.</param>
public sealed record TrainingStage(
    string Name, ModelSpec Model, TrainingRecipe? Training, IReadOnlyList<string> Teachers, DistillationRecipe? Distillation)
{
    /// <summary>The file with the weights that are taken; null to train.</summary>
    public string? Weights { get; init; }

    /// <summary>Decides the network's start, the order of the images, augmentation and dropout.</summary>
    public ulong Seed { get; init; }

    internal TrainingRecipe Recipe => Training ?? throw new InvalidOperationException($"{Name} is not trained.");
}

/// <summary>The stages that train networks in floating point.</summary>
internal sealed class TrainingStages(StageContext context)
{
    public const string ModelName = "model.safetensors";
    public const string SoftTargets = "soft-targets";

    public IReadOnlyList<TrainingStage> All { get; } =
        [.. Compose(context.Profile).Select(stage => stage with { Seed = context.Profile.Seed })];

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

    public (TrainingResult Result, string ModelPath) Train(TrainingStage stage, CancellationToken cancellation) =>
        context.TrainShared?.Invoke(stage, Fingerprint(stage), cancellation) ?? (StageOf(stage).Run(cancellation), ModelPath(stage));

    /// <summary>The teacher and the student alone, as far as they are still to be trained, where at the same time that is faster.</summary>
    public IReadOnlyList<TrainingStage> Pair
    {
        get
        {
            TrainingStage[] pair = [this[StageNames.Teacher], this[StageNames.Baseline]];
            var canLearnSo = pair.All(stage => stage.Weights is null && !stage.Model.DrawsInTraining());
            return canLearnSo && SideBySide.IsFaster(context.Device) ? [.. pair.Where(stage => !StageOf(stage).IsDone)] : [];
        }
    }

    /// <summary>Whether a stage is the teacher that, having learned beside the student alone, then answers about the images of the student
    /// that it teaches: a core would else be idle until the other has ended.</summary>
    public bool AnswersBeside(TrainingStage stage) =>
        stage.Name == StageNames.Teacher && Pair.Count == 2 && Student is { Distillation.Stored: true, Teachers: [StageNames.Teacher] };

    /// <summary>Trains the teacher and the student alone at the same time, where that is faster.</summary>
    public void TrainPair(CancellationToken cancellation)
    {
        var jobs = Pair.Select(stage =>
        {
            var (beside, answers) = (new TrainingStages(context.Beside()), AnswersBeside(stage));
            return (Action<CancellationToken>)(stop =>
            {
                beside.Train(stage, stop);
                if (answers) beside.Prepare(beside.Student, stop);
            });
        });
        SideBySide.Run(shares: 2, [.. jobs], cancellation);
    }

    public Stage<TrainingResult> StageOf(TrainingStage stage) => new(
        context, stage.Name, [ModelPath(stage)],
        () => Fingerprint(stage),
        stage.Teachers,
        Needs: cancellation =>
        {
            foreach (var teacher in stage.Teachers) Train(this[teacher], cancellation);
        },
        cancellation => stage.Weights is { } weights ? Take(stage, weights, cancellation) : Fit(stage, cancellation),
        Describe,
        Seconds: result => result.Seconds,
        Writes: [ModelPath(stage), .. context.Store.LogsOf(stage.Name)]);

    private TrainingResult Fit(TrainingStage stage, CancellationToken cancellation)
    {
        using var teacher = TeacherOf(stage, cancellation);
        var (recipe, seed, path) = (stage.Recipe, stage.Seed, ModelPath(stage));
        var (started, objective) = NetworkOf(stage, teacher);
        using var model = started;
        // What learned along with a network has not been kept.
        var shorter = objective.Adapters?.parameters().Any() is true ? null : ResultBeforeRestart(stage);
        if (shorter is not null) ModelFile.LoadInto(path, model);
        var files = new TrainingFiles(context.Store.FolderOf(stage.Name), Fingerprint(stage), shorter);
        using var trainer = new Trainer(model, objective, recipe, context.Data, seed, files);
        context.Progress.Started(stage.Name, Describe(stage.Model), trainer.Resume());
        var result = trainer.Run(new SynchronousProgress<TrainingProgress>(context.Progress.Trained), cancellation);
        object origin = new { profile = context.Profile.Name, stage = stage.Name, training = recipe, distillation = stage.Distillation };
        var info = context.Provenance(stage.Model, origin, result.ValidationAccuracy);
        ModelFile.Save(path, model, info with { Seed = (long)seed });
        return result;
    }

    /// <summary>How long a training would take here, by a few steps of each of its kinds of epochs, with networks that are thrown
    /// away.</summary>
    public TimeSpan Rehearse(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Training is not { } recipe) return TimeSpan.Zero;
        using var teacher = stage.Distillation is null or { Stored: true } ? null : UntrainedTeacherOf(stage);
        var (started, objective) = NetworkOf(stage, teacher);
        using var model = started;
        using var trainer = new Trainer(model, objective, recipe, context.Data, stage.Seed);
        var kinds = recipe.Stretches().GroupBy(stretch => stretch.Resolution);
        return kinds.Aggregate(TimeSpan.Zero, (sum, stretches) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return sum + stretches.Sum(stretch => stretch.Epochs) * trainer.TimeOfEpoch(stretches.First());
        });
    }

    /// <summary>How long it would take to store the answers that a training learns from, as <see cref="Rehearse"/> finds it.</summary>
    public TimeSpan RehearseAnswers(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Distillation is not { Stored: true }) return TimeSpan.Zero;
        using var teacher = UntrainedTeacherOf(stage);
        var recipe = stage.Recipe;
        teacher.ComputeType = recipe.Precision.Resolve(context.Device);
        var batches = context.Data.Training.AugmentedBatches(recipe.BatchSize, recipe.Augmentation, recipe.Views!, view: 0);
        var times = new TimeSpan[SoftTargetStore.SharesOn(context.Device)];
        void Ask(int share, CancellationToken stop)
        {
            times[share] = TimeSpan.MaxValue;
            for (var call = 0; call < 3; call++)
            {
                stop.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var start = Stopwatch.GetTimestamp();
                teacher.Answer(batches.Load(step: 0), []);
                if (Stopwatch.GetElapsedTime(start) is var time && time < times[share]) times[share] = time;
            }
        }
        SideBySide.Run(times.Length, Ask, cancellation);
        return recipe.Views!.Count * batches.Count * times.Max() / times.Length;
    }

    /// <summary>A network as its seed starts it, on the device, with what it is trained for.</summary>
    private (ImageClassifier Model, IObjective Objective) NetworkOf(TrainingStage stage, ITeacher? teacher)
    {
        lock (Engine.Seeding)
        {
            manual_seed((long)stage.Seed);
            var model = stage.Model.Build();
            model.to(context.Device);
            StartFromData(model);
            return (model, Objective(model, stage.Recipe, teacher, stage.Distillation));
        }
    }

    /// <summary>A million pixels from all over the training set say enough about it: 1,000 images of CIFAR-10.</summary>
    private void StartFromData(ImageClassifier model)
    {
        const int pixels = 1000 * 32 * 32;
        using var scope = NewDisposeScope();
        var images = context.Data.Training;
        var count = Math.Clamp(pixels / (images.ImageSize * images.ImageSize), 1, images.Count);
        model.StartFrom(images.Take([.. Enumerable.Range(0, count).Select(index => (int)((long)index * images.Count / count))]).Images);
    }

    private LiveTeacher UntrainedTeacherOf(TrainingStage stage)
    {
        lock (Engine.Seeding)
        {
            ImageClassifier[] networks = [.. stage.Teachers.Select(name => this[name].Model.Build())];
            foreach (var network in networks) network.to(context.Device);
            return new(networks, stage.Distillation!.TeacherResolution);
        }
    }

    /// <summary>Takes weights as they are: validates them, and keeps a copy that says what it is.</summary>
    private TrainingResult Take(TrainingStage stage, string weights, CancellationToken cancellation)
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
            Recipe = JsonSerializer.Serialize(
                new { profile = context.Profile.Name, stage = stage.Name, weights = Path.GetFileName(weights) }),
        };
        model.to(context.Device);
        var accuracy = Evaluator.Evaluate(model, context.Data.Validation, context.Data.ClassNames, cancellation: cancellation).Accuracy;
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

    public ImageClassifier Load(TrainingStage stage, CancellationToken cancellation)
    {
        var model = ModelFile.Load(Train(stage, cancellation).ModelPath).Model;
        model.to(context.Device);
        return model;
    }

    /// <summary>The networks of a stage's teachers, which compute in the type of its training.</summary>
    private LiveTeacher LiveTeacherOf(TrainingStage stage, CancellationToken cancellation) =>
        new([.. stage.Teachers.Select(name => Load(this[name], cancellation))], stage.Distillation!.TeacherResolution)
        {
            ComputeType = stage.Recipe.Precision.Resolve(context.Device),
        };

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

    /// <summary>Whom a stage learns from: stored answers, where its images are fixed views; null for nobody.</summary>
    public ITeacher? TeacherOf(TrainingStage stage, CancellationToken cancellation)
    {
        if (stage.Distillation is not { } distillation) return null;
        var isStored = distillation.Stored is true && stage.Recipe.Views is not null;
        return isStored ? StoredTeacherOf(stage, distillation, cancellation) : LiveTeacherOf(stage, cancellation);
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
        var (store, start, made) = (new SoftTargetStore(folder, run), Stopwatch.GetTimestamp(), 0);
        if (!store.Holds(recipe))
        {
            context.Progress.Started(SoftTargets, $"of {string.Join(" and ", stage.Teachers)}");
            using var exclusive = LockFile.Hold(
                Path.Combine(folder, ".lock"), cancellation, () => context.Progress.Advanced("waits for another process that stores them"));
            var progress = new SynchronousProgress<string>(context.Progress.Advanced);
            made = store.Fill(() => LiveTeacherOf(stage, cancellation), images, recipe, progress, cancellation);
        }
        var result = made == 0 ? "all there" : $"{made} views of {images.Count:N0} images";
        context.Finish(SoftTargets, result, Stopwatch.GetElapsedTime(start), isFromEarlierRun: made == 0);
        return store.Open(recipe, images);
    }

    public string Fingerprint(TrainingStage stage) => StageStore.Fingerprint(
    [
        stage.Model.ToJson(),
        stage.Weights is { } weights ? $"weights {TeacherRecipe.HashOf(weights)}" : stage.Recipe,
        context.DataIdentity,
        stage.Seed,
        .. stage.Distillation is null ? (object[])[] : [stage.Distillation, .. stage.Teachers.Select(name => Fingerprint(this[name]))],
    ]);

    public static string Describe(TrainingResult result) =>
        FormattableString.Invariant($"validation {100 * result.ValidationAccuracy:f2} %");

    private static string Describe(ModelSpec model) => model switch
    {
        ResNetSpec { Depth: { } depth } => FormattableString.Invariant($"ResNet-{depth} x{model.Width}"),
        ResNetSpec { Blocks: var blocks } => FormattableString.Invariant($"ResNet{List(blocks)} x{model.Width}"),
        MobileNetV2Spec { Blocks: var blocks } => FormattableString.Invariant($"MobileNetV2{List(blocks)} x{model.Width}"),
        _ => model.GetType().Name,
    };

    private static string List(IReadOnlyList<int>? blocks) => blocks is null ? "" : $" [{string.Join(",", blocks)}]";
}
