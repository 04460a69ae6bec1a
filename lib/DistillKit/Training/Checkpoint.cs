namespace DistillKit.Training;

/// <summary>What a training in progress counts; a resumed run keeps the type in which convolutions compute.</summary>
internal sealed record Counters(
    int Step, ScalarType ComputeType, double Seconds = 0, double? BestAccuracy = null, int Stalled = 0, int Reductions = 0,
    bool AwaitsValidation = false);

/// <summary>A training in progress as one safetensors file: the network's state ("model."), that of what learns along with it
/// ("adapters."), the average ("average."), the best state so far ("best."), what the optimizer remembers ("optimizer."), and the counters.
/// Random numbers need no state: they are functions of seed and step.</summary>
internal static class Checkpoint
{
    private const string CountersKey = "counters";
    private const string RecipeKey = "run";

    public static void Save(
        string path, string run, Counters counters, params IEnumerable<(string Prefix, IReadOnlyDictionary<string, Tensor>? State)> states)
    {
        var tensors = states.Where(part => part.State is not null)
            .SelectMany(part => part.State!.Select(entry => KeyValuePair.Create($"{part.Prefix}.{entry.Key}", entry.Value)))
            .ToList();
        var metadata = new Dictionary<string, string> { [RecipeKey] = run, [CountersKey] = JsonSerializer.Serialize(counters) };
        Safetensors.Save(path, tensors, metadata);
    }

    /// <summary>Reads a checkpoint; null where there is none, or it is of a run with another recipe.</summary>
    /// <exception cref="UserException">It is damaged.</exception>
    public static Counters? Load(
        string path, string run, params IEnumerable<(string Prefix, Action<IReadOnlyDictionary<string, Tensor>> Restore)> states)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var scope = NewDisposeScope();
            using var file = Safetensors.Load(path);
            if (file.Metadata.GetValueOrDefault(RecipeKey) != run) return null;
            var counters = JsonSerializer.Deserialize<Counters>(file.Metadata[CountersKey]);
            foreach (var (prefix, restore) in states)
            {
                var state = file.Tensors.Where(entry => entry.Key.StartsWith($"{prefix}.", StringComparison.Ordinal))
                    .ToDictionary(entry => entry.Key[(prefix.Length + 1)..], entry => entry.Value);
                if (state.Count > 0) restore(state);
            }
            return counters;
        }
        // A number that is missing, a name that is not the network's, a shape that the engine refuses: whatever bytes there are.
        catch (Exception error) when (error is UserException or JsonException or KeyNotFoundException or ArgumentException
            or FormatException or ExternalException)
        {
            throw new UserException($"The checkpoint {path} cannot be read: delete it to start this training again.", error);
        }
    }
}

/// <summary>Copies of a network's state (weights and norms' statistics, by name).</summary>
internal static class ModelState
{
    public static Dictionary<string, Tensor> Copy(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        return state.ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>Overwrites a state in place.</summary>
    public static void Assign(IReadOnlyDictionary<string, Tensor> target, IReadOnlyDictionary<string, Tensor> source)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // Reshaped, since a tensor of another shape must not be spread over the target.
        foreach (var (name, tensor) in source) target[name].copy_(tensor.reshape(target[name].shape));
    }

    public static void Free(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var tensor in state.Values) tensor.Dispose();
    }

    /// <summary>Takes a network's state after a step, from 0, into an exponential moving average:
    /// <c>average = decay * average + (1 - decay) * weights</c>, over weights and norms' statistics (Polyak and Juditsky 1992; as used by
    /// Tarvainen and Valpola 2017, arXiv:1703.01780). The decay starts small, <c>(1 + step) / (10 + step)</c>, so that the random start is
    /// soon forgotten.</summary>
    public static void Average(
        IReadOnlyDictionary<string, Tensor> average, IReadOnlyDictionary<string, Tensor> weights, double decay, int step)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var keep = Math.Min(decay, (1.0 + step) / (10.0 + step));
        foreach (var (name, mean) in average)
        {
            if (mean.is_floating_point()) mean.mul_(Number.Of(keep)).add_(weights[name], Number.Of(1 - keep));
            else mean.copy_(weights[name]);
        }
    }
}
