using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>Layers that are frozen and unfrozen together.</summary>
public sealed class ParameterGroup
{
    private readonly IReadOnlyList<nn.Module> modules;

    internal ParameterGroup(string name, IReadOnlyList<nn.Module> modules) => (Name, this.modules) = (name, modules);

    /// <summary>The name: "stem", "layer1" or "stage1" and so on, or "head".</summary>
    public string Name { get; }

    /// <summary>The parameters as they are now (moving a network to another device replaces them).</summary>
    public IEnumerable<Parameter> Parameters => modules.SelectMany(module => module.parameters());
}
