using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>
/// An exponential moving average of a network's state: <c>average = decay * average + (1 - decay) * weights</c> after each step, over weights
/// and norms' statistics (Polyak and Juditsky 1992; as used by Tarvainen and Valpola 2017, arXiv:1703.01780).
/// The decay starts small, <c>(1 + step) / (10 + step)</c>, so that the random start is soon forgotten.
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
        Values = State.Copy(weights);
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
    public void Dispose() => State.Free(Values);
}
