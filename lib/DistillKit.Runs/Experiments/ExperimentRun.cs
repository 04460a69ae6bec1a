namespace DistillKit.Runs.Experiments;

/// <summary>One process's share of an experiment: every n-th run, from the i-th on.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">The number of processes.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>All runs.</summary>
    public static Shard All { get; } = new(0, 1);

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <exception cref="UserException">It is no share.</exception>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        var isShare = parts.Length == 2
            & int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            & int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (isShare && index < count) return new(index, count);
        throw new UserException($"A shard is i/n with i from 0 to n - 1, for instance 0/4, not '{text}'.");
    }

    internal IReadOnlyList<T> Of<T>(IReadOnlyList<T> all)
    {
        var (index, count) = this;
        return index >= 0 && index < count
            ? [.. all.Where((_, place) => place % count == index)]
            : throw new UserException($"There is no shard {index}/{count}: take i/n with i from 0 to n - 1, for instance 0/4.");
    }
}

/// <summary>Carries out an experiment, or a share of it. Runs are independent of each other: any number of processes, on any number of
/// machines that share the folder, may each take a share. A run that has finished is not done again unless something that it depends on
/// changes; one that was interrupted, even by SIGKILL, goes on from its last checkpoint. All variants of a seed start from the same weights
/// and see the same images in the same order.</summary>
/// <param name="folder">Where results go: <c>runs/ID</c> (checkpoint, metrics, network and result of each run), <c>shared/</c> (the
/// networks that teach), <c>results.csv</c> and <c>results.json</c>.</param>
/// <param name="progress">Receives what happens; each run is a stage with the run's name.</param>
/// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
/// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
public sealed class ExperimentRun(
    Experiment experiment, string folder, IRunProgress progress, Device? device = null, string? dataFolder = null)
{
    private const string ResultRecord = "result";

    private readonly SharedNetworks shared = new(Path.GetFullPath(Path.Combine(folder, "shared")), progress, device, dataFolder);

    internal Experiment Experiment => experiment;

    private string TableLock => Path.Combine(folder, ".table.lock");

    internal string FolderOf(PlannedRun run) => Path.GetFullPath(Path.Combine(folder, "runs", run.Id));

    /// <summary>Puts CIFAR-10 in its place, if a recipe needs it.</summary>
    /// <exception cref="UserException">No source gives it.</exception>
    public async Task InstallDataAsync(CancellationToken cancellation = default)
    {
        if (experiment.Variants.All(variant => variant.Profile.Data.Source != DataSource.Cifar10)) return;
        var start = Stopwatch.GetTimestamp();
        progress.Started(StageNames.Data, nameof(DataSource.Cifar10));
        await Cifar10Installer.Create(dataFolder).RunAsync(new SynchronousProgress<DataProgress>(progress.Installed), cancellation);
        progress.Finished(StageNames.Data, "installed", Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Makes all that the runs share, and none of them: the first job of an array. Of several processes one does it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint of the last step was written.</exception>
    public void Prepare(CancellationToken cancellation = default)
    {
        RequireOwnTable();
        void Wait() => progress.Started("prepare", "waits for another process that prepares");
        foreach (var variant in experiment.Variants)
        {
            var store = StageStore.TryOpen(Path.Combine(folder, "shared"), Wait, cancellation)!;
            using var context = Context(variant.Profile, store, progress);
            var stages = new TrainingStages(context);
            stages.Prepare(stages.Student, cancellation);
        }
    }

    /// <summary>Runs a share, and writes the table after each run.</summary>
    /// <exception cref="UserException">Something that the person can fix; for instance another process is at one of these runs.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint of the last step was written.</exception>
    public void Run(Shard shard, CancellationToken cancellation = default)
    {
        RequireOwnTable();
        var runs = shard.Of(experiment.Runs);
        foreach (var (index, run) in runs.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            Run(run, $"{index + 1} of {runs.Count}", cancellation);
        }
        WriteTable(cancellation);
    }

    /// <summary>The table of all runs that have finished.</summary>
    public ExperimentTable Table() => ExperimentTable.Of(experiment, Find);

    private FinishedRun? Find(PlannedRun run) => StageStore.Read<FinishedRun>(FolderOf(run), ResultRecord, run.Fingerprint);

    private void Run(PlannedRun run, string position, CancellationToken cancellation)
    {
        if (Find(run) is { } earlier)
        {
            progress.Finished(run.Id, Describe(earlier), TimeSpan.FromSeconds(earlier.Seconds), isFromEarlierRun: true);
            return;
        }
        using (var store = StageStore.TryOpen(FolderOf(run)) ?? throw new UserException(
            $"Another process is at the run {run.Id} in {FolderOf(run)}: two processes must not share a run. "
            + "Give each its own --shard, or wait."))
        using (var context = Context(run.Variant.Profile, store, new NamedRun(progress, run.Id, position)))
        {
            var stages = new TrainingStages(context);
            var (trained, model) = stages.Train(stages.Student with { Seed = run.Seed }, cancellation);
            store.Finish(ResultRecord, run.Fingerprint, Measure(run, context, trained, model, cancellation));
        }
        WriteTable(cancellation);
    }

    private StageContext Context(Profile profile, StageStore store, IRunProgress watcher) =>
        new(profile, store, watcher, device, dataFolder)
        {
            TrainShared = (stage, fingerprint, cancellation) =>
                stage.Name == StageNames.Student ? null : shared.Train(profile, stage, fingerprint, cancellation),
        };

    private FinishedRun Measure(PlannedRun run, StageContext context, TrainingResult trained, string model, CancellationToken cancellation)
    {
        var accuracy = experiment.File.Metric == Metric.Test ? OnTest(context, model, cancellation) : trained.ValidationAccuracy;
        var pixels = Budget.Pixels(run.Variant.Profile.Student.Training, trained, context.Images.Training.ImageSize);
        var version = typeof(ExperimentRun).Assembly.GetName().Version!.ToString(3);
        return new(
            run.Id, run.Variant.Recipe, run.Variant.Grid, run.Seed, accuracy, trained.ValidationAccuracy, trained.Epochs, pixels,
            trained.Seconds, trained.ComputeType, MachineInfo.Current(), version, DateTimeOffset.UtcNow);
    }

    private static double OnTest(StageContext context, string model, CancellationToken cancellation)
    {
        using var network = ModelFile.Load(model).Model;
        network.to(context.Device);
        using var images = context.OnDevice(context.Images.Test, cancellation);
        return Evaluator.Evaluate(network, images, context.Images.Test.ClassNames).Accuracy;
    }

    /// <summary>Writes the table of all processes. Who writes has read just before, so that the last table has every run.</summary>
    private void WriteTable(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var exclusive = LockFile.Hold(TableLock, cancellation);
        Table().Write(folder);
    }

    private void RequireOwnTable()
    {
        var tables = ExperimentTable.FileNames.Select(name => Path.Combine(folder, name));
        if (File.Exists(TableLock) || tables.FirstOrDefault(Path.Exists) is not { } path) return;
        throw new UserException($"No experiment has written {path}, and this one would overwrite it: move it to another place, "
            + "or choose another folder with --output.");
    }

    private string Describe(FinishedRun run) =>
        FormattableString.Invariant($"{experiment.File.Metric.ToString().ToLowerInvariant()} {100 * run.Accuracy:f2} %");

    private sealed class NamedRun(IRunProgress progress, string id, string position) : IRunProgress
    {
        public void Started(string stage, string description, int resumedStep) =>
            progress.Started(NameOf(stage), stage == StageNames.Student ? $"{position}, {description}" : description, resumedStep);

        public void Trained(TrainingProgress step) => progress.Trained(step);

        public void Installed(DataProgress step) => progress.Installed(step);

        public void Advanced(string part) => progress.Advanced(part);

        public void Warned(string text) => progress.Warned(text);

        public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun) =>
            progress.Finished(NameOf(stage), result, time, isFromEarlierRun);

        private string NameOf(string stage) => stage == StageNames.Student ? id : stage;
    }
}
