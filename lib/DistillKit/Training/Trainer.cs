namespace DistillKit.Training;

/// <summary>What a training learns from, the images that choose the epoch to keep, and the names of the classes.</summary>
public sealed record TrainingData(DeviceImages Training, DeviceImages Validation, IReadOnlyList<string> ClassNames);

/// <summary>Where a training keeps what it needs to be resumed.</summary>
/// <param name="Run">What identifies the run: recipe, networks, data and seed as text. A checkpoint of another run is not resumed.</param>
/// <param name="BeforeRestart">The result that a restart continues from, where the network holds its weights; null to start fresh.</param>
public sealed record TrainingFiles(string Folder, string Run, TrainingResult? BeforeRestart = null)
{
    /// <summary>The name of the checkpoint in its folder.</summary>
    public const string CheckpointName = "checkpoint.safetensors";

    /// <summary>The time between checkpoints inside of an epoch; there is one at its end in any case.</summary>
    internal TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The largest share of the time that checkpoints may take, however large the network.</summary>
    internal double CheckpointShare { get; init; } = 0.02;

    internal string Checkpoint => Path.Combine(Folder, CheckpointName);

    internal string Metrics => Path.Combine(Folder, MetricsLog.FileName);
}

/// <summary>The training loop. Randomness is a function of seed and step: an interrupted run continues exactly as it would have.</summary>
/// <param name="model">The network, which is trained in place; like what learns with it, it is on the device of the data.</param>
/// <param name="objective">What it is trained for.</param>
/// <param name="recipe">How it is trained; one that is not valid is refused with a <see cref="UserException"/>.</param>
/// <param name="data">What it learns from.</param>
/// <param name="seed">Decides the order of the images, their augmentation and dropout; the network's start is the caller's.</param>
/// <param name="files">Where checkpoints and metrics go; null to keep none.</param>
public sealed class Trainer(
    nn.Module<Tensor, Tensor> model, IObjective objective, TrainingRecipe recipe, TrainingData data, ulong seed,
    TrainingFiles? files = null) : IDisposable
{
    private const int StepsPerReport = 20;

    /// <summary>Of a network that still learns: beyond it has grown without bound.</summary>
    private const double LargestLogit = 1e4;

    private readonly TrainingRecipe recipe = Checked(recipe, model, data);
    private readonly ImageClassifier? classifier = model as ImageClassifier;
    private readonly IReadOnlyDictionary<string, Tensor> state = model.state_dict();
    private readonly IReadOnlyDictionary<string, Tensor>? adapters = objective.Adapters?.state_dict();
    private readonly Dictionary<string, Tensor>? average = recipe.AverageDecay is null ? null : ModelState.Copy(model.state_dict());
    private readonly Stopwatch sinceCheckpoint = Stopwatch.StartNew();

    private Optimizer optimizer = OptimizerOf(recipe, model, objective);
    private Dictionary<string, Tensor>? best;
    private (int Epoch, EpochBatches Plan) batches = (0, BatchesOf(0, recipe, data, seed));
    private Counters counters = new(
        0, model is ImageClassifier ? recipe.Precision.Resolve(data.Training.Device) : ScalarType.Float32);
    private bool isResumed;
    private TimeSpan checkpointCost;

    private int StepsPerEpoch => batches.Plan.Count;

    /// <summary>Steps done; those that the run continues are counted once it has been resumed.</summary>
    public int Step => counters.Step;

    /// <summary>The number of steps of the whole training.</summary>
    public int Steps => recipe.Epochs * StepsPerEpoch;

    /// <summary>Continues where the files hold a checkpoint, as <see cref="Run"/> does anyway; returns the steps done.</summary>
    /// <exception cref="UserException">The checkpoint cannot be read.</exception>
    public int Resume()
    {
        if (isResumed) return Step;
        if (files is not null) counters = Load(files) ?? Continue(files.BeforeRestart) ?? counters;
        classifier?.ComputeType = counters.ComputeType;
        isResumed = true;
        return Step;
    }

    /// <summary>Trains to the end and leaves the network with the weights of the best validation, in evaluation mode.</summary>
    /// <exception cref="UserException">The checkpoint cannot be read, or the loss is not finite; the last checkpoint stays.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint of the last step was written.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Resume();
        using var metrics = files is null ? null : MetricsLog.Open(files.Metrics, Step);
        try
        {
            Learn(metrics, progress, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Wherever that was: weights and counters change together, between two steps.
            Save();
            throw;
        }
        if (best is not null) ModelState.Assign(state, best);
        model.eval();
        return Result();
    }

    /// <summary>How long an epoch of a stretch takes here, by a few steps with a learning rate of 0. Norms follow them all the
    /// same.</summary>
    public TimeSpan TimeOfEpoch(Stretch stretch)
    {
        // The first ones of a process pay for what .NET compiles.
        const int steps = 6;
        Resume();
        optimizer.LearningRate = 0;
        TrainStep(stretch, (int)stretch.Begin, position: 0);
        var times = new List<TimeSpan>();
        for (var step = 1; step <= steps; step++)
        {
            var start = Stopwatch.GetTimestamp();
            TrainStep(stretch, (int)stretch.Begin, step % StepsPerEpoch);
            times.Add(Stopwatch.GetElapsedTime(start));
        }
        times.Sort();
        return StepsPerEpoch * times[steps / 3];
    }

    private void Learn(MetricsLog? metrics, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var (recent, validation) = (new RecentSteps(recipe.BatchSize), counters.BestAccuracy);
        while (true)
        {
            if (counters.AwaitsValidation)
            {
                validation = Validate(cancellation);
                metrics?.Write(new(Step, (Step - 1) / StepsPerEpoch, ValidationAccuracy: validation));
            }
            if (Step > 0 && IsCheckpointDue) Save();
            cancellation.ThrowIfCancellationRequested();
            if (Step >= Steps || HasStalled) return;

            var (epoch, position) = Math.DivRem(Step, StepsPerEpoch);
            var start = Stopwatch.GetTimestamp();
            var cycle = recipe.CycleOf(epoch);
            if (position == 0 && epoch > 0 && epoch == cycle.FirstEpoch) Restart();
            ApplyFreeze(epoch);
            var share = (double)StepOf(cycle) / (cycle.Epochs * StepsPerEpoch);
            foreach (var part in (ReadOnlySpan<object>)[model, objective]) (part as IScheduled)?.Begin(share);
            var learningRate = SetLearningRate(cycle);
            var (loss, right) = TrainStep(recipe.StretchAt(EpochsDone), epoch, position);
            if (average is not null) ModelState.Average(average, state, recipe.AverageDecay!.Value, Step);
            recent = recent.With(loss, right, Stopwatch.GetElapsedTime(start).TotalSeconds);
            var isEnd = epoch + 1 == cycle.FirstEpoch + cycle.Epochs;
            var isDue = position + 1 == StepsPerEpoch && (isEnd || (epoch + 1) % recipe.ValidateEvery == 0);
            counters = After(start) with { Step = Step + 1, AwaitsValidation = isDue };

            progress?.Report(new(
                epoch, recipe.Epochs, Step, Steps, ShareOfWork, recent.Loss, recent.Accuracy, learningRate,
                recent.ImagesPerSecond, validation));
            if (Step % StepsPerReport != 0 && Step % StepsPerEpoch != 0) continue;
            metrics?.Write(new(Step, epoch, recent.Loss, recent.Accuracy, learningRate, recent.ImagesPerSecond));
            recent = new(recipe.BatchSize);
        }
    }

    private double ShareOfWork =>
        recipe.PixelsShown(EpochsDone, data.Training.ImageSize) / recipe.PixelsShown(recipe.Epochs, data.Training.ImageSize);

    private double EpochsDone => (double)Step / StepsPerEpoch;

    private bool HasStalled => recipe.Patience is { } patience && counters.Stalled >= patience;

    private bool IsCheckpointDue =>
        files is not null && (Step % StepsPerEpoch == 0 || sinceCheckpoint.Elapsed > files.CheckpointInterval)
        && checkpointCost.TotalSeconds < files.CheckpointShare * sinceCheckpoint.Elapsed.TotalSeconds;

    private (double Loss, int Right) TrainStep(Stretch stretch, int epoch, int position)
    {
        using var scope = NewDisposeScope();
        // Dropout draws from the engine's generator; seeding it here makes the step independent of those before it.
        lock (Engine.Seeding) manual_seed((long)SplitMix64.At(seed, Step).Next());
        model.train();
        if (batches.Epoch != epoch) batches = (epoch, BatchesOf(epoch, recipe, data, seed));
        var batch = batches.Plan.Load(position, stretch.Resolution);
        model.zero_grad();
        objective.Adapters?.zero_grad();
        var (loss, logits) = objective.Compute(model, batch);
        var value = (double)loss.item<float>();
        if (!double.IsFinite(value)) throw Diverged(value, batch, logits);
        loss.backward();
        if (recipe.ClipNorm is { } norm) optimizer.Clip(norm);
        optimizer.Step();
        return (value, (int)logits.argmax(1).eq(batch.Labels).sum().item<long>());
    }

    private static TrainingRecipe Checked(TrainingRecipe recipe, nn.Module<Tensor, Tensor> model, TrainingData data)
    {
        recipe.Validate();
        recipe.ValidateFor(data.Training.ImageSize);
        recipe.ValidateFor(model);
        return recipe;
    }

    private static Optimizer OptimizerOf(TrainingRecipe recipe, nn.Module model, IObjective objective) =>
        new(recipe.Optimizer, [.. model.parameters(), .. objective.Adapters?.parameters() ?? []]);

    private static EpochBatches BatchesOf(int epoch, TrainingRecipe recipe, TrainingData data, ulong seed) =>
        data.Training.ShuffledBatches(recipe.BatchSize, seed, epoch, recipe.Augmentation, recipe.Mixing, recipe.Views);

    private int StepOf(Cycle cycle) => Step - cycle.FirstEpoch * StepsPerEpoch;

    private double SetLearningRate(Cycle cycle)
    {
        var share = cycle.Peak * recipe.Schedule.At(StepOf(cycle), cycle.Epochs * StepsPerEpoch, counters.Reductions);
        return optimizer.LearningRate = recipe.Optimizer.LearningRate * share;
    }

    // Nothing here depends on how the last cycle ended but the best weights: a finished training can be made longer.
    private void Restart()
    {
        ModelState.Assign(state, best!);
        if (average is not null) ModelState.Assign(average, best!);
        optimizer.Dispose();
        optimizer = OptimizerOf(recipe, model, objective);
        counters = counters with { Stalled = 0, Reductions = 0 };
    }

    private void ApplyFreeze(int epoch)
    {
        if (recipe.Unfreezing.Count == 0) return;
        classifier!.FreezeUpTo(recipe.Unfreezing.Where(freeze => freeze.FromEpoch <= epoch).MaxBy(freeze => freeze.FromEpoch)?.UpTo);
    }

    private double Validate(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var trained = average is null ? null : ModelState.Copy(state);
        if (average is not null) ModelState.Assign(state, average);
        try
        {
            var accuracy = Evaluator.Evaluate(model, data.Validation, data.ClassNames, cancellation: cancellation).Accuracy;
            Judge(accuracy);
            counters = After(start) with { AwaitsValidation = false };
            return accuracy;
        }
        finally
        {
            if (trained is not null)
            {
                ModelState.Assign(state, trained);
                ModelState.Free(trained);
            }
        }
    }

    private void Judge(double accuracy)
    {
        if (counters.BestAccuracy is null || accuracy > counters.BestAccuracy)
        {
            best ??= ModelState.Copy(state);
            ModelState.Assign(best, state);
            counters = counters with { BestAccuracy = accuracy, Stalled = 0 };
            return;
        }
        var stalled = counters.Stalled + 1;
        var isReduced = recipe.Schedule.Kind == ScheduleKind.Plateau && stalled % recipe.Schedule.Patience == 0;
        counters = counters with { Stalled = stalled, Reductions = counters.Reductions + (isReduced ? 1 : 0) };
    }

    private Counters After(long start) => counters with { Seconds = counters.Seconds + Stopwatch.GetElapsedTime(start).TotalSeconds };

    private void Save()
    {
        if (files is null) return;
        var start = Stopwatch.GetTimestamp();
        Checkpoint.Save(
            files.Checkpoint, files.Run, counters,
            ("model", state), ("adapters", adapters), ("average", average), ("best", best), ("optimizer", optimizer.State));
        checkpointCost = Stopwatch.GetElapsedTime(start);
        sinceCheckpoint.Restart();
    }

    private Counters? Load(TrainingFiles from) => Checkpoint.Load(from.Checkpoint, from.Run,
        ("model", saved => ModelState.Assign(state, saved)),
        ("adapters", saved => ModelState.Assign(adapters!, saved)),
        ("average", saved => ModelState.Assign(average!, saved)),
        ("best", saved => best = ModelState.Copy(saved)),
        ("optimizer", optimizer.Restore));

    private Counters? Continue(TrainingResult? earlier)
    {
        if (earlier is null) return null;
        best = ModelState.Copy(state);
        return new(earlier.Steps, Enum.Parse<ScalarType>(earlier.ComputeType), earlier.Seconds, earlier.ValidationAccuracy);
    }

    private UserException Diverged(double loss, Batch batch, Tensor logits)
    {
        var kept = files is not null && File.Exists(files.Checkpoint) ? $" The last checkpoint stays in {files.Checkpoint}." : "";
        var rate = optimizer.LearningRate;
        var what = FormattableString.Invariant($"The loss became {loss} at step {Step} of {Steps}, at a learning rate of {rate:g3}");
        return new($"{what}: {AdviceFor(batch, logits)}.{kept}");
    }

    /// <summary>What a loss that is not finite comes from: the first thing on its way that is not as it has to be.</summary>
    private string AdviceFor(Batch batch, Tensor logits)
    {
        const string slower = "try a lower learning rate, a longer warm-up or clipNorm 1";
        static bool IsFinite(Tensor tensor) => tensor.isfinite().all().item<bool>();
        if (!IsFinite(batch.Images))
            return "the images themselves are not finite numbers, so check their normalization (a deviation of 0, say)";
        if (!state.Values.All(IsFinite)) return $"the network's weights are not finite any more, so {slower}";
        if (counters.ComputeType != ScalarType.Float32) return $"try precision Float32; if that does not help, {slower}";
        if (!IsFinite(logits) || logits.abs().max().item<float>() > LargestLogit) return slower;
        return "the network's answers are sound, so check the teacher and its weights, "
            + "lower the weights of the distillation's terms, or take a temperature nearer to 1";
    }

    private TrainingResult Result()
    {
        var rate = (double)Step * recipe.BatchSize / Math.Max(counters.Seconds, 1e-9);
        return new(Step / StepsPerEpoch, Step, counters.BestAccuracy ?? 0, counters.Seconds, rate, counters.ComputeType.ToString());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        foreach (var own in new[] { average, best }.OfType<Dictionary<string, Tensor>>()) ModelState.Free(own);
    }

    /// <summary>The means over the steps since the last report.</summary>
    private sealed record RecentSteps(int BatchSize, int Steps = 0, double SumOfLosses = 0, int Right = 0, double Seconds = 0)
    {
        public double Loss => SumOfLosses / Steps;

        public double Accuracy => (double)Right / (Steps * BatchSize);

        public double ImagesPerSecond => Steps * BatchSize / Seconds;

        public RecentSteps With(double loss, int right, double seconds) =>
            new(BatchSize, Steps + 1, SumOfLosses + loss, Right + right, Seconds + seconds);
    }
}
