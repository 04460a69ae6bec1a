namespace DistillKit.Quantization.PostTraining;

/// <summary>A layer whose weight is rounded, and what it takes in both networks: one tensor for each batch of images.</summary>
/// <param name="RoundedInputs">What the quantized network gives it, with all changes to the layers before.</param>
internal sealed record LayerPair(
    WeightedNode Exact, WeightedNode Rounded, IReadOnlyList<Tensor> ExactInputs, IReadOnlyList<Tensor> RoundedInputs);

/// <summary>Changes the layers of a quantized graph in order, each in sight of what the changes before it have made.</summary>
internal static class LayerByLayer
{
    /// <summary>Goes through both networks in step: the graph in floating point, its norms folded, and the same with its
    /// roundings.</summary>
    /// <param name="images">A few hundred training images, on the device to compute on. All of them are in memory at once, with a few
    /// feature maps of each.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images.</exception>
    public static Graph Rewrite(
        Graph reference, Graph quantized, DeviceImages images, Func<LayerPair, WeightedNode> change, IProgress<double>? progress)
    {
        Calibration.RequireImages(images);
        if (quantized.Nodes.Any(node => node is BatchNormalizationNode))
            throw new ArgumentException("The norms must be folded first.", nameof(quantized));
        using var scope = NewDisposeScope();
        var plan = images.Batches(Calibration.BatchSize);
        Tensor[] batches = [.. Enumerable.Range(0, plan.Count).Select(step => plan.Load(step).Images)];
        using var expected = new LayerWalk(reference, batches, images.Device);
        using var actual = new LayerWalk(quantized, batches, images.Device);
        var nodes = new List<Node> { quantized.Input };
        foreach (var node in quantized.Nodes.Skip(1))
        {
            images.Cancellation.ThrowIfCancellationRequested();
            using var layerScope = NewDisposeScope();
            nodes.Add(node is WeightedNode { WeightQuantization: not null } layer && reference[layer.Name] is WeightedNode exact
                ? change(new(exact, layer, expected[exact.Input], actual[layer.Input])) : node);
            actual.Run(nodes[^1]);
            // What only rounds has no counterpart.
            if (node is not QuantizeNode) expected.Run(reference[node.Name]);
            progress?.Report((double)nodes.Count / quantized.Nodes.Count);
        }
        return new(nodes, quantized.Metadata);
    }
}

/// <summary>Runs a graph node by node, each over all images before the next, so that a node can be changed before anything sees its result.
/// Keeps the results that are still needed.</summary>
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
        var computed = Compute(node, [.. node.Inputs.Select(name => results[name])], device);
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
