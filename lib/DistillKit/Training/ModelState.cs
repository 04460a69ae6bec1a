namespace DistillKit.Training;

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
        using var frozen = no_grad();
        foreach (var (name, tensor) in source) target[name].copy_(tensor);
    }

    public static void Free(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var tensor in state.Values) tensor.Dispose();
    }
}

/// <summary>
/// An exponential moving average of a network's state: <c>average = decay * average + (1 - decay) * weights</c> after each step, over
/// weights and norms' statistics (Polyak and Juditsky 1992; as used by Tarvainen and Valpola 2017, arXiv:1703.01780). The decay starts
/// small, <c>(1 + step) / (10 + step)</c>, so that the random start is soon forgotten.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly IReadOnlyDictionary<string, Tensor> weights;

    /// <summary>Starts with a copy of the network's state.</summary>
    public WeightAverage(nn.Module model, double decay)
    {
        this.decay = decay;
        weights = model.state_dict();
        Values = ModelState.Copy(weights);
    }

    /// <summary>The average, by the names of the network's state.</summary>
    public IReadOnlyDictionary<string, Tensor> Values { get; }

    /// <summary>Takes in the network's state after a step, counted from 0.</summary>
    public void Update(int step)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var keep = Math.Min(decay, (1.0 + step) / (10.0 + step));
        foreach (var (name, average) in Values)
        {
            if (average.is_floating_point()) average.mul_(Number.Of(keep)).add_(weights[name], Number.Of(1 - keep));
            else average.copy_(weights[name]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ModelState.Free(Values);
}
