using DistillKit.Models;

namespace DistillKit.Graphs;

/// <summary>Collects the nodes that the blocks of a network describe themselves with. Each method adds a node and returns the name of its result.</summary>
public sealed class GraphBuilder
{
    private readonly List<Node> nodes = [];

    internal GraphBuilder(int imageSize) => nodes.Add(new InputNode("images", Channels: 3, imageSize));

    /// <summary>The name of the images.</summary>
    public string Images => nodes[0].Name;

    /// <summary>Adds a convolution with the module's weights.</summary>
    public string Convolution(string name, string input, Convolution module) =>
        Add(new ConvolutionNode(name, input, Constant.Of(module.Weight), Bias: null, module.Stride, module.Padding, module.Groups));

    /// <summary>Adds a batch norm with the module's weights and running statistics.</summary>
    public string BatchNorm(string name, string input, BatchNorm module) => Add(new BatchNormNode(
        name, input, Constant.Of(module.Weight), Constant.Of(module.Bias), Constant.Of(module.RunningMean), Constant.Of(module.RunningVariance), module.Epsilon));

    /// <summary>Adds a nonlinearity; none for <see cref="Activation.None"/>.</summary>
    public string Activation(string name, string input, Activation activation) =>
        activation == Models.Activation.None ? input : Add(new ActivationNode(name, input, activation));

    /// <summary>Adds a sum.</summary>
    public string Add(string name, string left, string right) => Add(new AddNode(name, left, right));

    /// <summary>Adds a max pool.</summary>
    public string MaxPool(string name, string input, int kernel, int stride, int padding = 0) => Add(new MaxPoolNode(name, input, kernel, stride, padding));

    /// <summary>Adds the head: the mean over all positions, "name.pool", and the linear layer.</summary>
    public string Classifier(string name, string input, Classifier module) =>
        Add(new LinearNode(name, Add(new GlobalAveragePoolNode($"{name}.pool", input)), Constant.Of(module.Weight), Constant.Of(module.Bias)));

    /// <summary>Adds what ends a residual block of ResNet: the shortcut, which a block may convolve, the sum and the nonlinearity.</summary>
    internal string Residual(string name, string residual, string input, IDescribable? shortcut)
    {
        input = shortcut?.Describe(this, $"{name}.downsample", input) ?? input;
        return Activation($"{name}.relu", Add($"{name}.add", residual, input), Models.Activation.ReLU);
    }

    internal Graph Build() => new(nodes);

    private string Add(Node node)
    {
        nodes.Add(node);
        return node.Name;
    }
}
