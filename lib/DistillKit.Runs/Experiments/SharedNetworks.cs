namespace DistillKit.Runs.Experiments;

/// <summary>The networks that the runs of an experiment learn from, trained once, at the profile's own seed, each in a folder named by what
/// it depends on. Runs only read them. Of several processes that need one, the first trains it and the others wait.</summary>
internal sealed class SharedNetworks(string folder, IRunProgress progress, Device? device, string? dataFolder)
{
    private readonly HashSet<string> shown = [];

    public (TrainingResult Result, string ModelPath) Train(
        Profile profile, TrainingStage stage, string fingerprint, CancellationToken cancellation)
    {
        var place = Path.Combine(folder, $"{stage.Name}-{fingerprint}");
        var model = Path.Combine(place, stage.Name, TrainingStages.ModelName);
        if (File.Exists(model) && StageStore.Read<TrainingResult>(place, stage.Name, fingerprint) is { } result)
        {
            var time = TimeSpan.FromSeconds(result.Seconds);
            if (shown.Add(place)) progress.Finished(stage.Name, TrainingStages.Describe(result), time, isFromEarlierRun: true);
            return (result, model);
        }
        // Another process may finish it meanwhile; the stage finds it then.
        void Wait() => progress.Started(stage.Name, "waits for another process that trains it");
        var store = StageStore.TryOpen(place, Wait, cancellation)!;
        using var context = new StageContext(profile, store, progress, device, dataFolder)
        {
            TrainShared = (other, print, stop) => other.Name == stage.Name ? null : Train(profile, other, print, stop),
        };
        shown.Add(place);
        return new TrainingStages(context).Train(stage, cancellation);
    }
}
