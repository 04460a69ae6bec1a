using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Profiles;
using DistillKit.Training;

namespace DistillKit.Runs.Stages;

/// <summary>What all stages of a run share.</summary>
internal sealed class StageContext : IDisposable
{
    private readonly Lazy<PipelineImages> images;
    private readonly Lazy<TrainingData> data;
    private readonly Lazy<object> dataIdentity;
    private readonly HashSet<string> shown = [];

    /// <param name="profile">What to do.</param>
    /// <param name="store">Where results go; disposed with this.</param>
    /// <param name="progress">Receives what happens.</param>
    /// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
    /// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
    public StageContext(Profile profile, StageStore store, IRunProgress progress, Device? device, string? dataFolder)
    {
        (Profile, Store, Progress, Device) = (profile, store, progress, device ?? (cuda.is_available() ? CUDA : CPU));
        images = new(() => Profile.Data.Load(dataFolder, Profile.Seed));
        dataIdentity = new(Profile.Data.Identity);
        data = new(() => new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames));
    }

    public Profile Profile { get; }

    public IRunProgress Progress { get; }

    public Device Device { get; }

    public StageStore Store { get; }

    /// <summary>Trains a network, given with its fingerprint, where several runs share it; null for one that is trained here.</summary>
    public Func<TrainingStage, string, CancellationToken, (TrainingResult Result, string ModelPath)?>? TrainShared { get; init; }

    public PipelineImages Images => images.Value;

    public TrainingData Data => data.Value;

    /// <summary>What tells the images from others, for fingerprints.</summary>
    public object DataIdentity => dataIdentity.Value;

    public DeviceImages OnDevice(ImageSet set) => new(set, Device, Images.Normalization);

    /// <summary>Reports that a stage has ended.</summary>
    public void Finish(string stage, string result, TimeSpan time)
    {
        shown.Add(stage);
        Progress.Finished(stage, result, time);
    }

    /// <summary>Reports, once, that an earlier run had finished a stage.</summary>
    public void Found(string stage, string result, TimeSpan time)
    {
        if (shown.Add(stage)) Progress.Finished(stage, result, time, isFromEarlierRun: true);
    }

    /// <summary>What a model file says about where it comes from.</summary>
    public ModelInfo Provenance(ModelSpec spec, string recipe, double validationAccuracy) => new()
    {
        Spec = spec,
        Recipe = recipe,
        Seed = (long)Profile.Seed,
        Engine = MachineInfo.Current().Engine,
        Date = DateTimeOffset.UtcNow,
        Accuracy = validationAccuracy,
        Input = new(Images.Normalization, Images.Training.ClassNames),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (data.IsValueCreated)
        {
            data.Value.Training.Dispose();
            data.Value.Validation.Dispose();
        }
        Store.Dispose();
    }
}
