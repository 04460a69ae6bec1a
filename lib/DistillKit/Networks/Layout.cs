using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>How a network is put together: its layers by their torchvision names, and the sections that run them in order.</summary>
internal sealed record Layout(IReadOnlyList<(string Name, nn.Module Module)> Layers, IReadOnlyList<Section> Sections);

/// <summary>A part of a network that follows the one before it. The output of the last one is the logits.</summary>
internal sealed record Section(
    string Name, string Group, int Channels, Func<Tensor, Tensor> Forward, Func<GraphBuilder, string, string> Describe, params nn.Module[] Modules)
{
    /// <summary>A section that is one block.</summary>
    public static Section Of<T>(string name, string group, int channels, T block, string? path = null) where T : nn.Module<Tensor, Tensor>, IDescribable =>
        new(name, group, channels, block.call, (builder, input) => block.Describe(builder, path ?? name, input), block);
}
