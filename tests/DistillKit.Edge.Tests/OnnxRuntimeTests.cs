using DistillKit.Edge.Tests.Models;
using Google.Protobuf;

namespace DistillKit.Edge.Tests;

/// <summary>The answers of ONNX Runtime, which runs each node as the file has it.</summary>
public sealed class OnnxRuntimeTests
{
    private readonly ModelBuilder builder = new(2, 4, 4);
    private readonly Random random = new(5);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 200)];

    /// <summary>The grid holds -0.32 to 2.23.</summary>
    [Theory, InlineData(-9, -4), InlineData(-1, -0.5), InlineData(3, 8), InlineData(-7, 5), InlineData(-0.1, 0.333), InlineData(1, 90)]
    public void Limits_outside_of_the_grid_before_them_are_kept(float minimum, float maximum)
    {
        var limited = builder.Node("Clip", "clip", [Rounded("images", 0.01f, 32),
            builder.Constant("least", [minimum]), builder.Constant("greatest", [maximum])]);
        AssertSame(Head(limited, 2 * 4 * 4), 1e-5);
    }

    /// <summary>A step of the products of such scales is many steps of the result.</summary>
    [Theory, InlineData(1), InlineData(3), InlineData(7)]
    public void Float_biases_beside_coarse_scales_are_kept(int greatestWeight)
    {
        sbyte[] integers = [.. Enumerable.Range(0, 8 * 2).Select(_ => (sbyte)random.Next(-greatestWeight, greatestWeight + 1))];
        var weights = builder.Node("DequantizeLinear", "w", [builder.Constant("q", integers, 8, 2, 1, 1),
            builder.Constant("s", [1f / greatestWeight])]);
        var bias = builder.Constant("b", [.. Enumerable.Range(0, 8).Select(_ => random.NextSingle() - 0.5f)], 8);
        var sums = builder.Node("Conv", "conv", [Rounded("images", 0.3f, 120), weights, bias]);
        AssertSame(Head(Rounded(sums, 0.02f, 120), 8 * 4 * 4), 1e-5);
    }

    /// <summary>The product of such scales is no float, and 0 times infinity no number: all instruction sets agree.</summary>
    [Fact]
    public void Scales_whose_product_overflows_are_harmless()
    {
        var weights = builder.Node("DequantizeLinear", "w",
            [builder.Constant("q", new sbyte[16], 8, 2, 1, 1), builder.Constant("s", [1e10f])]);
        var bias = builder.Constant("b", [1f, 2, 3, 4, 5, 6, 7, 8], 8);
        var file = Head(builder.Node("Conv", "conv", [Rounded("images", 1e30f, 120), weights, bias]), 8 * 4 * 4);
        AssertSame(file, 1e-5);
        var answers = KernelSets.Supported.Select(set => GuardedRun.Run(file, set, new float[32], 1, 0)).ToList();
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    public void Sums_of_very_different_steps_are_right()
    {
        var sum = builder.Node("Add", "sum", [Rounded("images", 3000, 100), Rounded(builder.Node("Relu", "relu", ["images"]), 0.013f, 0)]);
        AssertSame(Head(Rounded(sum, 0.01f, 10), 2 * 4 * 4), 1e-5);
    }

    /// <summary>One network in the forms of other exporters and quantizers.</summary>
    [Theory, InlineData("Max and Min"), InlineData("Reshape"), InlineData("Reshape to a number"), InlineData("AveragePool"),
        InlineData("ReduceMean"), InlineData("ReduceMean without dimensions"), InlineData("reshaped constant"),
        InlineData("empty initializer"), InlineData("fixed batch")]
    public void Other_forms_of_one_network_are_read(string form)
    {
        var image = Rounded("images", 0.02f, 120);
        image = form == "Max and Min" ? builder.Node("Min", "upper", [builder.Constant("six", [6f]),
            builder.Node("Max", "lower", [image, builder.Constant("zero", [0f])])]) : builder.Node("Relu", "relu", [image]);
        if (form == "reshaped constant")
            image = builder.Node("Add", "sum", [image, builder.Node("Reshape", "constant",
                [builder.Constant("two", [1f, 2], 2), builder.Constant("shape", [1L, -1, 1, 1], 4)])]);
        var mean = form switch
        {
            "AveragePool" => builder.Node("AveragePool", "mean", [image], ("kernel_shape", new[] { 4, 4 })),
            "ReduceMean" => builder.Node("ReduceMean", "mean", [image], ("axes", new[] { -1, 2 }), ("keepdims", 1)),
            "ReduceMean without dimensions" => builder.Node("ReduceMean", "mean", [image], ("axes", new[] { 2, 3 }), ("keepdims", 0)),
            _ => builder.Node("GlobalAveragePool", "mean", [image]),
        };
        var flat = form switch
        {
            "ReduceMean without dimensions" => mean,
            "Reshape" => builder.Node("Reshape", "flat", [mean, builder.Constant("shape", [0L, -1], 2)]),
            "Reshape to a number" => builder.Node("Reshape", "flat", [mean, builder.Constant("shape", [-1L, 2], 2)]),
            _ => builder.Node("Flatten", "flat", [mean], ("axis", 1)),
        };
        if (form == "empty initializer")
            builder.Constant("nothing", Array.Empty<float>(), 0);
        var weights = builder.Constant("head_w", [1f, 2, 3, -4, 5, -6, 7, 8, 9, 10], 5, 2);
        var model = builder.Build(builder.Node("Gemm", "logits", [flat, weights], ("transB", 1)), 5);
        if (form == "fixed batch")
            model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1;
        AssertSame(model.ToByteArray(), 1e-5);
    }

    [Fact]
    public void A_constant_may_be_a_node()
    {
        var model = DistillKit.Graphs.Onnx.ModelProto.Parser.ParseFrom(Head("images", 2 * 4 * 4));
        var weights = model.Graph.Initializer.Single();
        model.Graph.Initializer.Clear();
        var node = new DistillKit.Graphs.Onnx.NodeProto { OpType = "Constant", Name = "constant", Output = { weights.Name } };
        model.Graph.Node.Insert(0, node);
        // The generated classes know no tensors in attributes: "value", type 4, field 5.
        var attribute = new byte[] { 10, 5, (byte)'v', (byte)'a', (byte)'l', (byte)'u', (byte)'e', 0xA0, 1, 4 };
        using var tensor = new MemoryStream();
        using (var output = new CodedOutputStream(tensor, leaveOpen: true))
        {
            output.WriteRawTag(5 << 3 | 2);
            output.WriteBytes(weights.ToByteString());
        }
        node.Attribute.Add(DistillKit.Graphs.Onnx.AttributeProto.Parser.ParseFrom([.. attribute, .. tensor.ToArray()]));
        AssertSame(model.ToByteArray(), 1e-5);
    }

    /// <summary>Values on the edge between two steps may fall to either side.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void Random_graphs_give_the_same_answer(int seed)
    {
        var file = RandomGraphs.Build(new Random(seed));
        using var model = EdgeModel.Load(file);
        var images = Images(model.InputShape.Aggregate(1, (product, extent) => product * extent));
        var logits = new float[model.Classes];
        model.Run(images, logits);
        Assert.NotNull(OnnxRuntimeReference.Run(file, images));
        Assert.Null(OnnxRuntimeReference.Difference(file, images, logits, 0.02));
    }

    private float[] Images(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 4 - 2)];

    private string Rounded(string name, float scale, byte zeroPoint)
    {
        string[] parameters = [builder.Constant($"{name}_scale", [scale]), builder.Constant($"{name}_zero", [zeroPoint])];
        builder.Node("QuantizeLinear", $"{name}_q", [name, .. parameters]);
        return builder.Node("DequantizeLinear", $"{name}_dq", [$"{name}_q", .. parameters]);
    }

    private byte[] Head(string input, int values)
    {
        var flat = builder.Node("Flatten", "flat", [input], ("axis", 1));
        var weights = builder.Constant("head_w", [.. Enumerable.Range(0, 5 * values).Select(i => MathF.Sin(i))], 5, values);
        return builder.Build(builder.Node("Gemm", "logits", [flat, weights], ("transB", 1)), 5).ToByteArray();
    }

    private void AssertSame(byte[] file, double tolerance)
    {
        using var model = EdgeModel.Load(file);
        var (images, logits) = (Images(2 * 4 * 4), new float[model.Classes]);
        model.Run(images, logits);
        var expected = OnnxRuntimeReference.Run(file, images)!;
        for (var i = 0; i < logits.Length; i++)
            Assert.Equal(expected[i], logits[i], tolerance * expected.Max(Math.Abs));
    }
}
