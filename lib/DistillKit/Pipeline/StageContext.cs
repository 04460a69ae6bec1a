using System.Diagnostics;
using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Files;
using DistillKit.Models;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Pipeline;

/// <summary>What all stages of a run share.</summary>
internal sealed class StageContext : IDisposable
{
    private readonly Lazy<PipelineImages> images;
    private readonly Lazy<TrainingData> data;
    private readonly HashSet<string> finished = [];

    /// <exception cref="UserException">The folder cannot be used.</exception>
    public StageContext(Profile profile, string folder, IPipelineObserver observer, Device? device, string? dataFolder)
    {
        (Profile, Observer, Device) = (profile, observer, device ?? (cuda.is_available() ? CUDA : CPU));
        Store = new StageStore(folder);
        images = new(() => Profile.Data.Load(dataFolder, Profile.Seed));
        data = new(() => new(OnDevice(Images.Training), OnDevice(Images.Validation), Images.Training.ClassNames));
    }

    public Profile Profile { get; }

    public IPipelineObserver Observer { get; }

    public Device Device { get; }

    public StageStore Store { get; }

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
