using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Files;
using DistillKit.Models;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Pipeline;

/// <summary>
/// The main job: the stages data, teacher, baseline, distill and benchmark of a profile. A stage that has finished is not run again unless
/// what it depends on has changed; an interrupted one goes on from its last checkpoint. Notebooks call the same stages.
/// </summary>
public sealed class PipelineRun : IDisposable
{
    private readonly StageStore store;
    private readonly IPipelineObserver observer;
    private readonly Lazy<PipelineImages> images;
    private readonly Lazy<TrainingData> data;

    /// <summary>Prepares a run.</summary>
    /// <param name="profile">What to do.</param>
    /// <param name="folder">Where results go, for instance <c>artifacts/quick</c>.</param>
    /// <param name="observer">Is told what happens.</param>
    /// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
    /// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
    /// <exception cref="UserException">The folder cannot be used.</exception>
    public PipelineRun(Profile profile, string folder, IPipelineObserver observer, Device? device = null, string? dataFolder = null)
    {
        Profile = profile;
        Device = device ?? (cuda.is_available() ? CUDA : CPU);
        DataFolder = dataFolder;
        this.observer = observer;
        store = new StageStore(folder);
        images = new(() => Profile.Data.Load(DataFolder, Profile.Seed));
        data = new(() => new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames));
    }

    /// <summary>What this run does.</summary>
    public Profile Profile { get; }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>Where CIFAR-10 is; null for its usual place.</summary>
    public string? DataFolder { get; }

    /// <summary>Where the results are.</summary>
    public string Folder => store.Folder;

    /// <summary>The images of the profile, loaded when first asked for.</summary>
    /// <exception cref="UserException">CIFAR-10 is not installed, or damaged.</exception>
    public PipelineImages Images => images.Value;

    /// <summary>Runs all stages.</summary>
    /// <param name="memoryOfInference">Measures the peak memory in bytes of a fresh process that runs the network in a file; null to leave that out.</param>
    /// <param name="cancellation">Stops at the next step, after writing a checkpoint.</param>
    /// <exception cref="UserException">Something that the person can mend went wrong.</exception>
    public async Task<BenchmarkResult> RunAsync(Func<string, long>? memoryOfInference = null, CancellationToken cancellation = default)
    {
        await InstallDataAsync(cancellation);
        foreach (var stage in TrainingStages) Train(stage, cancellation);
        return Benchmark(memoryOfInference, cancellation);
    }

    /// <summary>The data stage: puts CIFAR-10 in its place, if the profile needs it.</summary>
    public async Task InstallDataAsync(CancellationToken cancellation = default)
    {
        var start = Stopwatch.GetTimestamp();
        observer.Started("data", Profile.Data.Source.ToString());
        if (Profile.Data.Source == DataSource.Cifar10)
            await Cifar10Installer.Create(DataFolder).RunAsync(new Forward<DataProgress>(observer.Installed), cancellation);
        observer.Finished("data", $"{Images.Training.Count:N0} training, {Images.Validation.Count:N0} validation, {Images.Test.Count:N0} test images", Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The stages that train a network, in order.</summary>
    public IReadOnlyList<TrainingStage> TrainingStages =>
    [
        new("teacher", Profile.Teacher, Teacher: null),
        new("baseline", Profile.Student, Teacher: null),
        new("distill", Profile.Student, Teacher: "teacher"),
    ];

    /// <summary>Runs one training stage, after those that it needs, unless it has finished already.</summary>
    /// <returns>The result, and the file with the network.</returns>
    public (TrainingResult Result, string ModelPath) Train(TrainingStage stage, CancellationToken cancellation = default)
    {
        if (FindTrained(stage) is { } earlier)
        {
            observer.Finished(stage.Name, Describe(earlier.Result), TimeSpan.FromSeconds(earlier.Result.Seconds), isFromEarlierRun: true);
            return earlier;
        }

        using var teacher = stage.Teacher is null ? null : LoadTeacher(stage.Teacher, cancellation);
        manual_seed((long)Profile.Seed);
        using var model = stage.Network.Model.Build();
        model.to(Device);
        var recipe = stage.Network.Training;
        IObjective objective = teacher is null ? new Supervised(recipe.LabelSmoothing) : new Distilled(teacher, Profile.Distillation.Loss(recipe.LabelSmoothing), Profile.Distillation.TeacherResolution);
        var (fingerprint, path) = (Fingerprint(stage), ModelPath(stage));
        using var trainer = new Trainer(model, objective, recipe, data.Value, Profile.Seed, new(store.FolderOf(stage.Name), fingerprint));
        if (teacher is not null) teacher.ComputeType = model.ComputeType;

        observer.Started(stage.Name, Describe(stage.Network.Model), trainer.Step);
        var result = trainer.Run(new Forward<TrainingProgress>(observer.Trained), cancellation);
        ModelFile.Save(path, model, Provenance(stage, result));
        store.Finish(stage.Name, fingerprint, result);
        File.Delete(Path.Combine(store.FolderOf(stage.Name), TrainingFiles.CheckpointName));
        observer.Finished(stage.Name, Describe(result), TimeSpan.FromSeconds(result.Seconds));
        return (result, path);
    }

    /// <summary>The benchmark stage: the test set and the costs of every trained network, in <c>benchmark.json</c> and <c>benchmark.csv</c>.</summary>
    public BenchmarkResult Benchmark(Func<string, long>? memoryOfInference = null, CancellationToken cancellation = default)
    {
        var start = Stopwatch.GetTimestamp();
        var inputs = TrainingStages.Select(Fingerprint).Append(Profile.Benchmark.ToString()).Append(Profile.Data.ToString()).ToArray();
        var fingerprint = StageStore.Fingerprint(inputs);
        if (store.Find<BenchmarkResult>("benchmark", fingerprint) is { } earlier)
        {
            observer.Finished("benchmark", earlier.Summary, TimeSpan.Zero, isFromEarlierRun: true);
            return earlier;
        }
        observer.Started("benchmark", $"{Images.Test.Count:N0} test images");
        using var test = OnDevice(Images.Test);
        var bench = new Benchmark(Profile, test, Images.Test.ClassNames, Device, memoryOfInference);
        var rows = new List<BenchmarkRow>();
        foreach (var stage in TrainingStages)
        {
            cancellation.ThrowIfCancellationRequested();
            observer.Advanced(stage.Name);
            var (trained, path) = FindTrained(stage) ?? Train(stage, cancellation);
            rows.Add(bench.Measure(stage.Name, path, trained));
        }
        var result = BenchmarkResult.Of(Profile, rows);
        result.Write(Folder);
        store.Finish("benchmark", fingerprint, result);
        observer.Finished("benchmark", result.Summary, Stopwatch.GetElapsedTime(start));
        return result;
    }

    /// <summary>Forgets that a stage has finished, so that it runs again.</summary>
    public void Forget(string stage) => store.Forget(stage);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (data.IsValueCreated)
        {
            data.Value.Training.Dispose();
            data.Value.Validation.Dispose();
        }
        store.Dispose();
    }

    private string ModelPath(TrainingStage stage) => Path.Combine(store.FolderOf(stage.Name), "model.safetensors");

    private (TrainingResult Result, string ModelPath)? FindTrained(TrainingStage stage)
    {
        var path = ModelPath(stage);
        return File.Exists(path) && store.Find<TrainingResult>(stage.Name, Fingerprint(stage)) is { } result ? (result, path) : null;
    }

    private ImageClassifier LoadTeacher(string name, CancellationToken cancellation)
    {
        var stage = TrainingStages.First(stage => stage.Name == name);
        var teacher = ModelFile.Load((FindTrained(stage) ?? Train(stage, cancellation)).ModelPath).Model;
        teacher.to(Device);
        return teacher;
    }

    private string Fingerprint(TrainingStage stage) => StageStore.Fingerprint(
        stage.Network.Model.ToJson(),
        JsonSerializer.Serialize(stage.Network.Training),
        Profile.Data.ToString(),
        Profile.Seed.ToString(CultureInfo.InvariantCulture),
        stage.Teacher is null ? "" : Profile.Distillation + Fingerprint(TrainingStages.First(other => other.Name == stage.Teacher)));

    private ModelInfo Provenance(TrainingStage stage, TrainingResult result) => new()
    {
        Spec = stage.Network.Model,
        Recipe = JsonSerializer.Serialize(new { profile = Profile.Name, stage = stage.Name, training = stage.Network.Training, distillation = stage.Teacher is null ? null : Profile.Distillation }),
        Seed = (long)Profile.Seed,
        Engine = MachineInfo.Current().Engine,
        Date = DateTimeOffset.UtcNow,
        Accuracy = result.ValidationAccuracy,
    };

    private DeviceImages OnDevice(ImageSet set) => new(set, Device, Images.Normalization);

    private static string Describe(TrainingResult result) =>
        FormattableString.Invariant($"validation {100 * result.ValidationAccuracy:f2} %, {result.ImagesPerSecond:n0} images/s");

    private static string Describe(ModelSpec model) => model switch
    {
        ResNetSpec { Depth: { } depth } => FormattableString.Invariant($"ResNet-{depth} x{model.Width}"),
        ResNetSpec resNet => FormattableString.Invariant($"ResNet [{string.Join(",", resNet.Blocks!)}] x{model.Width}"),
        _ => FormattableString.Invariant($"MobileNetV2 x{model.Width}"),
    };

    private sealed class Forward<T>(Action<T> receive) : IProgress<T>
    {
        public void Report(T value) => receive(value);
    }
}

/// <summary>A stage that trains a network.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Network">The network and its recipe.</param>
/// <param name="Teacher">The stage whose network teaches it; null to learn from labels alone.</param>
public sealed record TrainingStage(string Name, NetworkRecipe Network, string? Teacher);
