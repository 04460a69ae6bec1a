using DistillKit.Graphs;

namespace DistillKit.Tests.Graphs;

public sealed class GraphTextTests
{
    private static readonly QuantizationParameters Weights =
        new(QuantizationScheme.Weights, [0.5f, 1, 2, 4], new int[4]);

    private static readonly Graph Small = new(
    [
        new InputNode("images", 3, 8),
        new QuantizeNode("images.quantized", "images", new(QuantizationScheme.Activations, [0.125f], [128])),
        new ConvNode("conv", "images.quantized", TestGraphs.Weight("conv", 4, 3, 3, 3), Bias: null, Stride: 2, Padding: 1, Groups: 1)
        {
            WeightQuantization = Weights,
        },
        new ActivationNode("relu", "conv", Activation.ReLU6),
        new ConvNode("depth", "relu", TestGraphs.Weight("depth", 4, 1, 3, 3), Bias: null, Stride: 1, Padding: 1, Groups: 4),
        new BatchNormalizationNode(
            "bn", "depth", TestGraphs.Weight("a", 4), TestGraphs.Weight("b", 4), TestGraphs.Weight("c", 4), TestGraphs.Weight("d", 4),
            1e-5),
        new AddNode("add", "bn", "relu"),
        new MaxPoolNode("pool", "add", 3, 2, 1),
        new ConvNode("groups", "pool", TestGraphs.Weight("groups", 6, 2, 1, 1), Bias: null, Stride: 1, Padding: 0, Groups: 2)
        {
            WeightQuantization = new(QuantizationScheme.Weights with { Bits = 4 }, [1], [0]),
        },
        new GlobalAveragePoolNode("mean", "groups"),
        new QuantizeNode("mean.dynamic", "mean", Parameters: null),
        new GemmNode("fc", "mean.dynamic", TestGraphs.Weight("fc", 1000, 6), Bias: null),
    ]);

    [Fact]
    public void The_text_is_a_table_with_a_line_for_each_node() => Assert.Equal(
        """
        name              operation                  takes             shape  MACs   integers
        images            images                                       3x8x8
        images.quantized  quantize                   images            3x8x8         u8, scale 0.125, zero point 128
        conv              convolution 3x3, stride 2  images.quantized  4x4x4  1,728  weight s8 per channel
        relu              ReLU6                      conv              4x4x4
        depth             depthwise 3x3              relu              4x4x4  576
        bn                batch norm                 depth             4x4x4
        add               add                        bn, relu          4x4x4
        pool              max pool 3x3, stride 2     add               4x2x2
        groups            convolution 1x1, 2 groups  pool              6x2x2  48     weight s4
        mean              mean                       groups            6
        mean.dynamic      quantize by its range      mean              6
        fc                linear                     mean.dynamic      1000   6,000

        """, Small.ToText(), ignoreLineEndingDifferences: true);

    [Fact]
    public void The_drawing_is_a_Mermaid_flow_chart()
    {
        var lines = Small.ToMermaid().Split('\n');
        Assert.Equal("flowchart TD", lines[0]);
        Assert.Equal(
            [
                """  n0["images<br/>images<br/>3x8x8"]""",
                """  n1(["quantize<br/>3x8x8<br/>u8, scale 0.125, zero point 128"])""",
                "  n0 --> n1",
                """  n2["conv<br/>convolution 3x3, stride 2<br/>4x4x4<br/>weight s8 per channel"]""",
                "  n1 --> n2",
            ],
            lines[1..6]);
        Assert.Contains("  n5 --> n6", lines);
        Assert.Contains("  n3 --> n6", lines);
        Assert.Equal(12 + 12, lines.Count(line => line.StartsWith("  n", StringComparison.Ordinal)));
    }
}
