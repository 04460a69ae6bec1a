using System.Globalization;
using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// Modules one after the other, named "0", "1", ... as in torchvision's files. Each inner result is released as soon as the next
/// one exists, so that inference holds two of them at most.
/// </summary>
public sealed class Chain : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly List<nn.Module<Tensor, Tensor>> links = [];

    /// <summary>A chain that names its links by position, counted from <paramref name="firstName"/>.</summary>
    public Chain(IEnumerable<nn.Module<Tensor, Tensor>> modules, int firstName = 0) : base(nameof(Chain))
    {
        foreach (var module in modules)
        {
            register_module((firstName + links.Count).ToString(CultureInfo.InvariantCulture), module);
            links.Add(module);
        }
    }

    /// <summary>The modules, in order.</summary>
    public IReadOnlyList<nn.Module<Tensor, Tensor>> Links => links;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var current = input;
        foreach (var link in links)
        {
            var next = link.call(current);
            if (!ReferenceEquals(current, input)) current.Dispose();
            current = next;
        }
        return current;
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input)
    {
        foreach (var (link, module) in named_children())
        {
            var path = $"{name}.{link}";
            input = module is IDescribable block
                ? block.Describe(builder, path, input)
                : throw new InvalidOperationException($"{path} cannot be described: {module.GetType().Name} is no {nameof(IDescribable)}.");
        }
        return input;
    }
}
