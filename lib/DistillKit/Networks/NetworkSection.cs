namespace DistillKit.Networks;

/// <summary>A part of a network that follows the one before it. The output of the last one is the logits.</summary>
/// <param name="Name">The name, also of the feature map that is its output, of so many channels.</param>
/// <param name="Block">What it computes. A network is exported only if its blocks are <see cref="Graphs.IDescribable"/>.</param>
/// <param name="Group">The group that it is frozen and unfrozen with; null for one of its own, by its name.</param>
/// <param name="Path">What the names of its nodes in a graph begin with; null for its name.</param>
public sealed record NetworkSection(
    string Name, int Channels, nn.Module<Tensor, Tensor> Block, string? Group = null, string? Path = null);

/// <summary>A feature map that can be tapped, and its channels.</summary>
public sealed record FeatureTap(string Name, int Channels);

/// <summary>Layers that are frozen and unfrozen together.</summary>
/// <param name="Name">"stem", "layer1" or "stage1" and so on, or "head".</param>
public sealed record ParameterGroup(string Name, IReadOnlyList<nn.Module> Modules)
{
    /// <summary>The parameters as they are now (moving a network to another device replaces them).</summary>
    public IEnumerable<Parameter> Parameters => Modules.SelectMany(module => module.parameters());
}
