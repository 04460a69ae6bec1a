using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Profiles;
using DistillKit.Training;

namespace DistillKit.Runs.Stages;

/// <summary>What all stages of a run share.</summary>
/// <param name="store">Where results go; disposed with this.</param>
/// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
/// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
internal sealed class StageContext(Profile profile, StageStore store, IRunProgress progress, Device? device, string? dataFolder)
    : IDisposable
{
    private readonly Lazy<PipelineImages> images = new(() => profile.Data.Load(dataFolder, profile.Seed));
    private readonly Lazy<object> dataIdentity = new(profile.Data.Identity);
    private readonly HashSet<string> shown = [];
    private TrainingData? data;

    public Profile Profile => profile;

    public IRunProgress Progress => progress;

    public StageStore Store => store;

    public Device Device { get; } = device ?? (cuda.is_available() ? CUDA : CPU);

    /// <summary>Trains a network, given with its fingerprint, where several runs share it; null for one that is trained here.</summary>
    public Func<TrainingStage, string, CancellationToken, (TrainingResult Result, string ModelPath)?>? TrainShared { get; init; }

    public PipelineImages Images => images.Value;

    public TrainingData Data => data ??= new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames);

    /// <summary>What tells the images from others, for fingerprints.</summary>
    public object DataIdentity => dataIdentity.Value;

    public DeviceImages OnDevice(ImageSet set) => new(set, Device, Images.Normalization);

    public void Finish(string stage, string result, TimeSpan time, bool isFromEarlierRun = false)
    {
        if (shown.Add(stage) || !isFromEarlierRun) progress.Finished(stage, result, time, isFromEarlierRun);
    }

    /// <summary>What a model file says about where it comes from.</summary>
    public ModelInfo Provenance(ModelSpec spec, object recipe, double validationAccuracy) => new()
    {
        Spec = spec,
        Recipe = JsonSerializer.Serialize(recipe),
        Seed = (long)profile.Seed,
        Engine = MachineInfo.Current().Engine,
        Date = DateTimeOffset.UtcNow,
        Accuracy = validationAccuracy,
        Input = new(Images.Normalization, Images.Training.ClassNames),
    };

    public void Dispose()
    {
        data?.Training.Dispose();
        data?.Validation.Dispose();
        store.Dispose();
    }
}
