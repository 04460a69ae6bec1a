namespace DistillKit.Graphs;

/// <summary>A block of a network that can say which operations it consists of.</summary>
public interface IDescribable
{
    /// <summary>Adds the block's operations to a graph, and returns the name of its result.</summary>
    /// <param name="name">The block's name in the network, for instance "features.3"; it becomes the beginning of the nodes' names.</param>
    /// <param name="input">The name of the result that the block takes.</param>
    public string Describe(GraphBuilder builder, string name, string input);
}

/// <summary>Collects the operations that the blocks of a network describe themselves with, by ONNX's names. Each method adds one and
/// returns the name of its result. The numbers of tensors are copied.</summary>
public sealed class GraphBuilder
{
    private readonly List<Node> nodes = [];

    /// <summary>Starts a graph with its images, [N, 3, <paramref name="imageSize"/>, <paramref name="imageSize"/>].</summary>
    public GraphBuilder(int imageSize) => nodes.Add(new InputNode("images", Channels: 3, imageSize));

    /// <summary>The name of the images.</summary>
    public string Images => nodes[0].Name;

    /// <summary>Adds a convolution of each group of channels: input [N, C, H, W], weight [outputs, C / groups, kernel, kernel], bias
    /// [outputs]; stride, and padding with zeros on each side, in pixels.</summary>
    public string Conv(string name, string input, Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int groups = 1) =>
        Add(new ConvNode(name, input, Constant.Of(weight), bias is null ? null : Constant.Of(bias), stride, padding, groups));

    /// <summary>Adds a batch norm with its running statistics; all tensors are [C].</summary>
    public string BatchNormalization(
        string name, string input, Tensor scale, Tensor shift, Tensor mean, Tensor variance, double epsilon) =>
        Add(new BatchNormalizationNode(
            name, input, Constant.Of(scale), Constant.Of(shift), Constant.Of(mean), Constant.Of(variance), epsilon));

    /// <summary>Adds a nonlinearity; none for <see cref="Activation.None"/>.</summary>
    public string Activation(string name, string input, Activation activation) =>
        activation == Graphs.Activation.None ? input : Add(new ActivationNode(name, input, activation));

    /// <summary>Adds a sum of two results of one shape.</summary>
    public string Add(string name, string left, string right) => Add(new AddNode(name, left, right));

    /// <summary>Adds a max pool.</summary>
    public string MaxPool(string name, string input, int kernel, int stride, int padding = 0) =>
        Add(new MaxPoolNode(name, input, kernel, stride, padding));

    /// <summary>Adds the mean over all positions: [N, C, H, W] to [N, C].</summary>
    public string GlobalAveragePool(string name, string input) => Add(new GlobalAveragePoolNode(name, input));

    /// <summary>Adds a linear layer: weight [outputs, C], bias [outputs].</summary>
    public string Gemm(string name, string input, Tensor weight, Tensor bias) =>
        Add(new GemmNode(name, input, Constant.Of(weight), Constant.Of(bias)));

    /// <summary>The graph of all that was added; the last result is its output.</summary>
    public Graph Build() => new(nodes);

    private string Add(Node node)
    {
        nodes.Add(node);
        return node.Name;
    }
}
