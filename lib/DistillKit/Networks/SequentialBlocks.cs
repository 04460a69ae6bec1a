namespace DistillKit.Networks;

/// <summary>Blocks one after the other, named "0", "1", ... as in torchvision's files; inference holds two results at most.</summary>
public sealed class SequentialBlocks : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly List<nn.Module<Tensor, Tensor>> blocks;

    /// <summary>Names the blocks by position, counted from <paramref name="firstName"/>.</summary>
    public SequentialBlocks(IEnumerable<nn.Module<Tensor, Tensor>> blocks, int firstName = 0) : base(nameof(SequentialBlocks))
    {
        this.blocks = [.. blocks];
        foreach (var (index, block) in this.blocks.Index())
            register_module((firstName + index).ToString(CultureInfo.InvariantCulture), block);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var current = input;
        foreach (var block in blocks)
        {
            var next = block.call(current);
            if (!ReferenceEquals(current, input)) current.Dispose();
            current = next;
        }
        return current;
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) => named_children().Aggregate(
        input, (result, child) => Describe(child.module, builder, $"{name}.{child.name}", result));

    /// <exception cref="InvalidOperationException">The block cannot say which operations it consists of.</exception>
    internal static string Describe(nn.Module block, GraphBuilder builder, string path, string input) => block is IDescribable described
        ? described.Describe(builder, path, input)
        : throw new InvalidOperationException($"{path} cannot be exported: {block.GetType().Name} is not {nameof(IDescribable)}.");
}
