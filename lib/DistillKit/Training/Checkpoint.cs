using DistillKit.Files;

namespace DistillKit.Training;

/// <summary>What a training in progress counts; a resumed run keeps the type in which convolutions compute.</summary>
internal sealed record Counters(
    int Step, ScalarType ComputeType, double Seconds = 0, double? BestAccuracy = null, int Stalled = 0, int Reductions = 0);

/// <summary>
/// A training in progress as one safetensors file: the network's state ("model."), that of what learns along with it ("adapters."), the
/// average ("average."), the best state so far ("best."), what the optimizer remembers ("optimizer."), and the counters. Random numbers
/// need no state: they are functions of seed and step.
/// </summary>
internal static class Checkpoint
{
    private const string CountersKey = "counters";
    private const string RecipeKey = "run";

    public static void Save(
        string path, string run, Counters counters, Optimizer optimizer,
        params IEnumerable<(string Prefix, IReadOnlyDictionary<string, Tensor>? State)> states)
    {
        using var scope = NewDisposeScope();
        var tensors = states.Append((Prefix: "optimizer", State: optimizer.State)).Where(part => part.State is not null)
            .SelectMany(part => part.State!.Select(entry => KeyValuePair.Create($"{part.Prefix}.{entry.Key}", entry.Value)))
            .ToList();
        var metadata = new Dictionary<string, string> { [RecipeKey] = run, [CountersKey] = JsonSerializer.Serialize(counters) };
        Safetensors.Save(path, tensors, metadata);
    }

    /// <summary>Reads a checkpoint; null where there is none, or it is of a run with another recipe.</summary>
    /// <exception cref="UserException">It is damaged.</exception>
    public static Counters? Load(
        string path, string run, Optimizer optimizer,
        params IEnumerable<(string Prefix, Action<IReadOnlyDictionary<string, Tensor>> Restore)> states)
    {
        if (!File.Exists(path)) return null;
        using var scope = NewDisposeScope();
        using var file = Read(path);
        if (file.Metadata.GetValueOrDefault(RecipeKey) != run) return null;
        foreach (var (prefix, restore) in states.Append(("optimizer", optimizer.Restore)))
        {
            var state = file.Tensors.Where(entry => entry.Key.StartsWith($"{prefix}.", StringComparison.Ordinal))
                .ToDictionary(entry => entry.Key[(prefix.Length + 1)..], entry => entry.Value);
            if (state.Count > 0) restore(state);
        }
        return JsonSerializer.Deserialize<Counters>(file.Metadata[CountersKey]);
    }

    private static SafetensorsFile Read(string path)
    {
        try
        {
            return Safetensors.Load(path);
        }
        catch (UserException error)
        {
            throw new UserException($"The checkpoint {path} cannot be read: delete it to start this training again.", error);
        }
    }
}
