using DistillKit.Graphs;

namespace DistillKit.Tests.Graphs;

public sealed class GraphTests
{
    private static readonly InputNode Images = new("images", 3, 8);

    private static ConvNode Convolution(string name, string input, int inputs = 3, int outputs = 4, int kernel = 3, int groups = 1) =>
        new(name, input, TestGraphs.Weight(name, outputs, inputs / groups, kernel, kernel), Bias: null, Stride: 1, Padding: 0, groups);

    [Fact]
    public void Nodes_are_found_by_name_and_by_what_they_take()
    {
        var graph = new Graph(
        [
            Images, Convolution("one", "images", outputs: 3), new AddNode("twice", "one", "one"), Convolution("other", "one"),
            new GlobalAveragePoolNode("end", "twice"),
        ]);
        Assert.Same(graph.Nodes[2], graph["twice"]);
        Assert.Same(Images, graph.Input);
        Assert.Equal("end", graph.Output.Name);
        Assert.Equal(["one", "other"], graph.Layers.Select(layer => layer.Name));
        Assert.Equal(["twice", "other"], graph.ConsumersOf("one").Select(node => node.Name));
        Assert.Empty(graph.ConsumersOf("end"));
        Assert.Null(graph.OnlyConsumerOf<AddNode>("one"));
        Assert.Equal("end", graph.OnlyConsumerOf<GlobalAveragePoolNode>("twice")!.Name);
        Assert.Null(graph.OnlyConsumerOf<AddNode>("twice"));
    }

    [Fact]
    public void Replaced_nodes_and_metadata_leave_the_rest_as_it_is()
    {
        var graph = new Graph([Images, Convolution("one", "images"), Convolution("two", "one", inputs: 4)]);
        var other = Convolution("one", "images", outputs: 4, kernel: 1);
        var changed = graph.With(new Dictionary<string, Node> { ["one"] = other }).With(new Dictionary<string, string> { ["seed"] = "3" });
        Assert.Same(other, changed["one"]);
        Assert.Same(graph["two"], changed["two"]);
        Assert.Equal([4, 6, 6], changed.Shapes["two"]);
        Assert.Equal("3", changed.Metadata["seed"]);
        Assert.Empty(graph.Metadata);
    }

    public static TheoryData<string, Node[]> Impossible => new()
    {
        { "A graph begins with its input.", [Convolution("one", "images")] },
        { "A graph begins with its input.", [] },
        { "Two nodes are named 'one'.", [Images, Convolution("one", "images"), Convolution("one", "images")] },
        { "Two nodes are named 'images'.", [Images, Convolution("images", "images")] },
        { "'one' takes 'two', which no earlier node makes.", [Images, Convolution("one", "two"), Convolution("two", "images")] },
        { "'one' takes 'one', which no earlier node makes.", [Images, new ActivationNode("one", "one", Activation.ReLU)] },
        { "'one' cannot take an input of shape [3, 8, 8].", [Images, Convolution("one", "images", inputs: 4)] },
        { "'one' cannot take an input of shape [3, 8, 8].", [Images, Convolution("one", "images", inputs: 3, outputs: 4, groups: 3)] },
        { "'one' has a window of 9 pixels, more than its input of 8.", [Images, Convolution("one", "images", kernel: 9)] },
        { "'one' has a window of 10 pixels, more than its input of 8.", [Images, new MaxPoolNode("one", "images", 10, 1, 0)] },
        { "'sum' cannot take an input of shape [4, 6, 6].", [Images, Convolution("one", "images"), new AddNode("sum", "images", "one")] },
        { "'one' cannot take an input of shape [3, 8, 8].", [Images, new GemmNode("one", "images", TestGraphs.Weight("one", 2, 3), null)] },
        {
            "'two' cannot take an input of shape [3].",
            [Images, new GlobalAveragePoolNode("one", "images"), new GemmNode("two", "one", TestGraphs.Weight("two", 2, 4), null)]
        },
        {
            "'two' cannot take an input of shape [3].",
            [Images, new GlobalAveragePoolNode("one", "images"), new GlobalAveragePoolNode("two", "one")]
        },
        { "'two' cannot take an input of shape [3].", [Images, new GlobalAveragePoolNode("one", "images"), Convolution("two", "one")] },
        { "'one' has 5 numbers for 4 channels.", [Images, Convolution("one", "images") with { Bias = new(new float[5], 5) }] },
        {
            "'one' has 2 numbers for 3 channels.",
            [Images, new BatchNormalizationNode("one", "images", Numbers(3), Numbers(3), Numbers(2), Numbers(3), 1e-5)]
        },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Graphs_that_cannot_be_are_refused(string reason, Node[] nodes) =>
        Assert.Equal(reason, Assert.Throws<ArgumentException>(() => new Graph(nodes)).Message);

    [Fact]
    public void A_node_that_nobody_knows_is_named() => Assert.Contains(
        "'one' has no known shape: it is a UnknownNode",
        Assert.Throws<NotSupportedException>(() => new Graph([Images, new UnknownNode("one", "images")])).Message);

    [Fact]
    public void Numbers_fill_their_shape()
    {
        Assert.Contains(
            "5 values do not fill the shape [2, 3]", Assert.Throws<ArgumentException>(() => new Constant(new float[5], 2, 3)).Message);
        var constant = new Constant([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([4, 5, 6], constant.Channel(1).ToArray());
        Assert.Equal([1, 2, 3, -8, -10, -12], constant.ScaleChannels([1, -2]).Values);
        Assert.Equal([1, 2, 3, 4, 5, 6], constant.Values);
        using var tensor = constant.ToTensor();
        Assert.Equal(constant.Values, Constant.Of(tensor).Values);
    }

    private static Constant Numbers(int count) => new(new float[count], count);

    private sealed record UnknownNode(string Name, string Input) : UnaryNode(Name, Input);
}
