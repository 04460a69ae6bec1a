using DistillKit.Graphs;
using DistillKit.Quantization.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Quantization.PostTraining;

/// <summary>
/// Runs a graph node by node, each over all images before the next, so that a node can be changed before anything sees its result. Keeps the
/// results that are still needed.
/// </summary>
internal sealed class LayerWalk : IDisposable
{
    private readonly Dictionary<string, Tensor[]> results = [];
    private readonly Dictionary<string, string> lastUses = [];
    private readonly Device device;

    /// <summary>Starts with the images, in batches, which stay the caller's.</summary>
    public LayerWalk(Graph graph, IReadOnlyList<Tensor> images, Device device)
    {
        this.device = device;
        results[graph.Input.Name] = [.. images.Select(batch => batch.alias().DetachFromDisposeScope())];
        foreach (var node in graph.Nodes)
        {
            foreach (var name in node.Inputs) lastUses[name] = node.Name;
        }
    }

    /// <summary>A result that was computed and is still needed, one tensor for each batch.</summary>
    public IReadOnlyList<Tensor> this[string name] => results[name];

    /// <summary>Computes a node's result, and forgets those that only it still needed.</summary>
    public void Run(Node node)
    {
        var inputs = node.Inputs.Select(name => results[name]).ToArray();
        var computed = Compute(node, inputs, device);
        foreach (var name in node.Inputs.Where(name => lastUses[name] == node.Name).Distinct()) Forget(name);
        results[node.Name] = computed;
    }

    /// <summary>A node's result for each batch of its inputs; the tensors are the caller's to dispose.</summary>
    public static Tensor[] Compute(Node node, IReadOnlyList<Tensor>[] inputs, Device device)
    {
        using var frozen = no_grad();
        using var layer = NodeLayer.Of(node, training: null);
        layer.to(device);
        layer.eval();
        return [.. Enumerable.Range(0, inputs[0].Count).Select(batch =>
        {
            using var scope = NewDisposeScope();
            return layer.Forward([.. inputs.Select(input => input[batch])], mayOverwrite: false).DetachFromDisposeScope();
        })];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var name in results.Keys.ToList()) Forget(name);
    }

    private void Forget(string name)
    {
        foreach (var batch in results[name]) batch.Dispose();
        results.Remove(name);
    }
}
