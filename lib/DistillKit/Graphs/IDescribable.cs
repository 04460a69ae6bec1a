namespace DistillKit.Graphs;

/// <summary>A block of a network that can say which operations it consists of.</summary>
public interface IDescribable
{
    /// <summary>Adds the block's operations to a graph.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="name">The block's name in the network, for instance "features.3"; it becomes the beginning of the nodes' names.</param>
    /// <param name="input">The name of the result that the block takes.</param>
    /// <returns>The name of the block's result.</returns>
    public string Describe(GraphBuilder builder, string name, string input);
}
