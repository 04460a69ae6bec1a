using System.Diagnostics;
using DistillKit.Data;
using DistillKit.Networks;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Profiles;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Runs.Stages;

/// <summary>What all stages of a run share.</summary>
internal sealed class StageContext : IDisposable
{
    private readonly Lazy<PipelineImages> images;
    private readonly Lazy<TrainingData> data;
    private readonly HashSet<string> finished = [];

    /// <param name="profile">What to do.</param>
    /// <param name="store">Where results go; disposed with this.</param>
    /// <param name="observer">Is told what happens.</param>
    /// <param name="device">Where to compute; a CUDA device where there is one when not given.</param>
    /// <param name="dataFolder">Where CIFAR-10 is; its usual place when not given.</param>
    public StageContext(Profile profile, StageStore store, IPipelineObserver observer, Device? device, string? dataFolder)
    {
        (Profile, Store, Observer, Device) = (profile, store, observer, device ?? (cuda.is_available() ? CUDA : CPU));
        images = new(() => Profile.Data.Load(dataFolder, Profile.Seed));
        data = new(() => new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames));
    }

    public Profile Profile { get; }

    public IPipelineObserver Observer { get; }

    public Device Device { get; }

    public StageStore Store { get; }

    /// <summary>Trains a stage, given with its fingerprint, in another place that several runs share, and says where the network is; returns null for a stage that is trained here.</summary>
    public Func<TrainingStage, string, CancellationToken, (TrainingResult Result, string ModelPath)?>? Elsewhere { get; init; }

    public PipelineImages Images => images.Value;

    public TrainingData Data => data.Value;

    public DeviceImages OnDevice(ImageSet set) => new(set, Device, Images.Normalization);

    /// <summary>Runs a stage, unless it has finished with the same inputs and its files are still there.</summary>
    public T RunOnce<T>(string stage, string fingerprint, string description, Func<T> run, Func<T, string> describe, params IEnumerable<string> files) where T : class
    {
        if (Store.Find<T>(stage, fingerprint) is { } earlier && files.All(File.Exists))
        {
            Found(stage, describe(earlier), TimeSpan.Zero);
            return earlier;
        }
        var start = Stopwatch.GetTimestamp();
        Observer.Started(stage, description);
        var result = run();
        Store.Finish(stage, fingerprint, result);
        Finish(stage, describe(result), Stopwatch.GetElapsedTime(start));
        return result;
    }

    /// <summary>Tells the observer that a stage has ended.</summary>
    public void Finish(string stage, string result, TimeSpan time)
    {
        finished.Add(stage);
        Observer.Finished(stage, result, time);
    }

    /// <summary>Tells the observer, once, that an earlier run had finished a stage.</summary>
    public void Found(string stage, string result, TimeSpan time)
    {
        if (finished.Add(stage)) Observer.Finished(stage, result, time, isFromEarlierRun: true);
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
