namespace DistillKit.Runs.Stages;

/// <summary>The main job: the stages of a profile, named in <see cref="StageNames"/>. A stage that has finished is not run again unless
/// what it depends on has changed; an interrupted one goes on from its last checkpoint. Notebooks call the same stages.</summary>
public sealed class PipelineRun : IDisposable
{
    private readonly string? dataFolder;
    private readonly StageContext context;
    private readonly TrainingStages training;
    private readonly QuantizationStages quantization;
    private readonly ExportStage export;
    private readonly BenchmarkStage benchmark;

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">Where results go, for instance <c>artifacts/quick</c>.</param>
    /// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
    /// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
    /// <param name="reference">The folder of finished stages to take where none was made here; none when not given.</param>
    /// <exception cref="UserException">The folder cannot be used.</exception>
    public PipelineRun(
        Profile profile, string folder, IRunProgress progress, Device? device = null, string? dataFolder = null, string? reference = null)
    {
        this.dataFolder = dataFolder;
        context = new(profile, StageStore.Open(folder, reference), progress, device, dataFolder);
        training = new(context);
        quantization = new(context, training);
        export = new(context, training, quantization);
        benchmark = new(context, training, quantization, export);
    }

    /// <summary>Where the results are.</summary>
    public string Folder => context.Store.Folder;

    /// <summary>The stages that train a network in floating point, in order.</summary>
    public IReadOnlyList<TrainingStage> TrainingStages => training.All;

    private IReadOnlyList<IStage> Stages =>
        [.. training.All.Select(training.StageOf), quantization.PostTraining, quantization.Aware, export.Stage];

    /// <summary>Runs all stages.</summary>
    /// <param name="memoryOfInference">Measures the peak memory in bytes of a fresh process that runs a deployed network; null to leave
    /// that out.</param>
    /// <param name="cancellation">Stops at the next step, after writing a checkpoint.</param>
    /// <exception cref="UserException">Something that the person can fix went wrong.</exception>
    public async Task<BenchmarkResult> RunAsync(Func<Deployment, long>? memoryOfInference = null, CancellationToken cancellation = default)
    {
        // Before the hours in which the first of them are trained.
        foreach (var stage in Stages) stage.RequireOwnFiles();
        benchmark.RequireOwnFiles();
        // The report is written as the stages end.
        context.Store.Begin(StageNames.Benchmark);
        await InstallDataAsync(cancellation);
        if (new RunPlanner(context, training).Make(cancellation) is { } plan) context.Progress.Planned(plan);
        training.TrainPair(cancellation);
        foreach (var stage in Stages) stage.Do(cancellation);
        return Benchmark(memoryOfInference, cancellation);
    }

    /// <summary>Runs one stage before the benchmark, after those that it needs.</summary>
    /// <exception cref="UserException">There is no stage of this name; the message lists those that there are. Or something else that the
    /// person can fix.</exception>
    public async Task RunStageAsync(string name, CancellationToken cancellation = default)
    {
        var stage = Stages.FirstOrDefault(stage => stage.Name == name);
        if (stage is null && name != StageNames.Data)
        {
            var known = Stages.Select(stage => stage.Name).Prepend(StageNames.Data);
            throw new UserException($"There is no stage '{name}': the stages are {string.Join(", ", known)}.");
        }
        await InstallDataAsync(cancellation);
        stage?.Do(cancellation);
    }

    /// <summary>The data stage: puts CIFAR-10 in its place, if the profile needs it.</summary>
    public async Task InstallDataAsync(CancellationToken cancellation = default)
    {
        var (start, source) = (Stopwatch.GetTimestamp(), context.Profile.Data.Source);
        context.Progress.Started(StageNames.Data, source.ToString());
        if (source == DataSource.Cifar10)
        {
            var installed = new SynchronousProgress<DataProgress>(context.Progress.Installed);
            await Cifar10Installer.Create(dataFolder).RunAsync(installed, cancellation);
        }
        var images = context.LoadImages(cancellation);
        var counts = $"{images.Training.Count:N0} training, {images.Validation.Count:N0} validation, {images.Test.Count:N0} test images";
        context.Progress.Finished(StageNames.Data, counts, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Runs one training stage, after those that it needs, unless it has finished already.</summary>
    /// <returns>The result, and the file with the network.</returns>
    public (TrainingResult Result, string ModelPath) Train(TrainingStage stage, CancellationToken cancellation = default) =>
        training.Train(stage, cancellation);

    /// <summary>The stage ptq: post-training quantization of the distilled student, static and dynamic.</summary>
    public PostTrainingResult Quantize(CancellationToken cancellation = default) => quantization.PostTraining.Run(cancellation);

    /// <summary>The stage qat: quantization-aware training of the distilled student, with the teacher.</summary>
    public TrainingResult TrainAware(CancellationToken cancellation = default) => quantization.Aware.Run(cancellation);

    /// <summary>The stage export: every network as an ONNX file that has been checked against the engine.</summary>
    public ExportResult Export(CancellationToken cancellation = default) => export.Stage.Run(cancellation);

    /// <summary>The stage benchmark, after all others: answers to the test set and costs of every deployed file.</summary>
    public BenchmarkResult Benchmark(Func<Deployment, long>? memoryOfInference = null, CancellationToken cancellation = default) =>
        benchmark.Run(memoryOfInference, cancellation);

    /// <summary>Forgets that a stage has finished, and those that its result goes into, so that they run again.</summary>
    public void Forget(string stage)
    {
        List<string> forgotten = [stage];
        foreach (var other in Stages)
            if (other.Sources.Any(forgotten.Contains)) forgotten.Add(other.Name);
        foreach (var name in forgotten.Append(StageNames.Benchmark)) context.Store.Forget(name);
    }

    /// <inheritdoc/>
    public void Dispose() => context.Dispose();
}
