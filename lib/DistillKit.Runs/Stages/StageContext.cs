namespace DistillKit.Runs.Stages;

/// <summary>What all stages of a run share.</summary>
/// <param name="store">Where results go; disposed with this.</param>
/// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
/// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
internal sealed class StageContext(Profile profile, StageStore store, IRunProgress progress, Device? device, string? dataFolder)
    : IDisposable
{
    private HashSet<string> shown = [];
    private PipelineImages? images;
    private object? dataIdentity;
    private TrainingData? data;

    public Profile Profile => profile;

    public IRunProgress Progress => progress;

    public StageStore Store => store;

    public Device Device { get; } = device ?? (cuda.is_available() ? CUDA : CPU);

    /// <summary>Trains a network, given with its fingerprint, where several runs share it; null for one that is trained here.</summary>
    public Func<TrainingStage, string, CancellationToken, (TrainingResult Result, string ModelPath)?>? TrainShared { get; init; }

    public PipelineImages Images => LoadImages(CancellationToken.None);

    public TrainingData Data => data ??= new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames);

    /// <summary>What tells the images from others, for fingerprints.</summary>
    public object DataIdentity => dataIdentity ??= profile.Data.Identity();

    /// <summary>Loads the images, unless that has been done, and checks what a profile can only be checked for with them.</summary>
    public PipelineImages LoadImages(CancellationToken cancellation)
    {
        if (images is not null) return images;
        dataIdentity ??= profile.Data.Identity(cancellation);
        var loaded = profile.Data.Load(dataFolder, profile.Seed, cancellation);
        profile.ValidateFor(loaded.Training.Count, loaded.Training.ClassNames.Count);
        return images = loaded;
    }

    public DeviceImages OnDevice(ImageSet set, CancellationToken cancellation = default) =>
        new(set, Device, Images.Normalization) { Cancellation = cancellation };

    /// <summary>The same for a stage that runs beside others: what is shown of it has a place of its own. Not to be disposed.</summary>
    public StageContext Beside() => new(profile, store, progress.Beside(), Device, dataFolder)
    {
        images = Images,
        data = Data,
        dataIdentity = DataIdentity,
        shown = shown,
        TrainShared = TrainShared,
    };

    /// <returns>Whether it was shown: what an earlier run had finished is shown once.</returns>
    public bool Finish(string stage, string result, TimeSpan time, bool isFromEarlierRun)
    {
        bool isFirst;
        lock (shown) isFirst = shown.Add(stage);
        if (!isFirst && isFromEarlierRun) return false;
        progress.Finished(stage, result, time, isFromEarlierRun);
        return true;
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
