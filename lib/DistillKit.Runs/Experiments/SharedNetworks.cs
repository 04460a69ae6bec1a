using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Runs.Experiments;

/// <summary>
/// The networks that the runs of an experiment learn from, trained once, at the profile's own seed, each in a folder named by what it depends on. Runs only read them. Of several
/// processes that need one, the first trains it and the others wait.
/// </summary>
internal sealed class SharedNetworks(string folder, IPipelineObserver observer, Device? device, string? dataFolder)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly HashSet<string> told = [];

    /// <summary>A stage's network, trained after those that it needs, unless that has been done.</summary>
    public (TrainingResult Result, string ModelPath) Train(Profile profile, TrainingStage stage, string fingerprint, CancellationToken cancellation)
    {
        var place = Path.Combine(folder, $"{stage.Name}-{fingerprint}");
        for (var waits = false; ; waits = true)
        {
            if (Find(place, stage, fingerprint) is { } done)
            {
                if (told.Add(place)) observer.Finished(stage.Name, TrainingStages.Describe(done.Result), TimeSpan.FromSeconds(done.Result.Seconds), isFromEarlierRun: true);
                return done;
            }
            // Another may have finished between that look and this lock; the stage finds it then.
            if (StageStore.TryOpen(place) is { } store) return TrainHere(store, profile, stage, cancellation);
            Wait(waits, stage.Name, "waits for another process that trains it", cancellation);
        }
    }

    /// <summary>Opens the folder of all the networks, when no other process has it open.</summary>
    public StageStore Open(CancellationToken cancellation)
    {
        for (var waits = false; ; waits = true)
        {
            if (StageStore.TryOpen(folder) is { } store) return store;
            Wait(waits, "prepare", "waits for another process that prepares", cancellation);
        }
    }

    private void Wait(bool isAnnounced, string stage, string text, CancellationToken cancellation)
    {
        if (!isAnnounced) observer.Started(stage, text);
        cancellation.WaitHandle.WaitOne(Pause);
        cancellation.ThrowIfCancellationRequested();
    }

    private (TrainingResult, string) TrainHere(StageStore store, Profile profile, TrainingStage stage, CancellationToken cancellation)
    {
        using var context = new StageContext(profile, store, observer, device, dataFolder)
        {
            Elsewhere = (other, fingerprint, stop) => other.Name == stage.Name ? null : Train(profile, other, fingerprint, stop),
        };
        var done = new TrainingStages(context).Train(stage, cancellation);
        told.Add(store.Folder);
        return done;
    }

    private static (TrainingResult Result, string ModelPath)? Find(string place, TrainingStage stage, string fingerprint)
    {
        var model = Path.Combine(place, stage.Name, TrainingStages.ModelName);
        return File.Exists(model) && StageStore.Read<TrainingResult>(place, stage.Name, fingerprint) is { } result ? (result, model) : null;
    }
}
