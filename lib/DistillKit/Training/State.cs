using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>Copies of a network's state (weights and norms' statistics, by name).</summary>
internal static class State
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
