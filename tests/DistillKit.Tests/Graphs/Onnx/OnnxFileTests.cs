using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Networks;
using DistillKit.Quantization.Plans;
using DistillKit.Tests.Quantization.Simulation;
using Google.Protobuf;
using static TorchSharp.torch;

namespace DistillKit.Tests.Graphs.Onnx;

public sealed class OnnxFileTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        folder.Dispose();
        scope.Dispose();
    }

    public static TheoryData<string, string> Quantized => GraphModuleTests.Quantized;

    [Theory]
    [MemberData(nameof(Quantized))]
    public void A_file_holds_the_graph(string spec, string kind)
    {
        var graph = TestGraphs.Quantized(spec, kind);
        OnnxFile.Save(folder["model.onnx"], graph);
        var loaded = OnnxFile.Load(folder["model.onnx"]);
        SameGraph.AssertNodes(graph, WithTheBitsOf(graph, loaded));
        // The file's biases are rounded, in steps that do not count.
        var images = Formula.Images("images", 3, TestGraphs.Size);
        var (expected, actual) = (TestGraphs.Logits(graph, images), TestGraphs.Logits(loaded, images));
        var difference = expected.sub(actual).abs().mean().item<float>() / expected.std().item<float>();
        Assert.InRange(difference, 0, kind is "float" or "weight only" ? 0 : 0.02);
        // What was read is to the bit what is written again.
        Assert.Equal(File.ReadAllBytes(folder["model.onnx"]), OnnxFile.ToBytes(loaded));
    }

    [Theory]
    [MemberData(nameof(Quantized))]
    public void The_bytes_are_the_same_each_time(string spec, string kind)
    {
        var graph = TestGraphs.Quantized(spec, kind);
        var reversed = graph.With(new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" });
        var bytes = OnnxFile.ToBytes(graph.With(new Dictionary<string, string> { ["two"] = "2", ["one"] = "1" }));
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        Assert.Equal(bytes, OnnxFile.ToBytes(reversed));
        CultureInfo.CurrentCulture = culture;
    }

    [Fact]
    public void Metadata_is_kept()
    {
        var metadata = new Dictionary<string, string> { ["classes"] = "Flugzeug,자동차,\"🐈\"", ["recipe"] = """{"a":1}""", ["empty"] = "" };
        var loaded = OnnxFile.FromBytes(OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, "static").With(metadata)));
        Assert.Equal(metadata.OrderBy(entry => entry.Key), loaded.Metadata.OrderBy(entry => entry.Key));
    }

    [Theory]
    [InlineData(1.0, 2.5e6)]
    [InlineData(0.5, 0.85e6)]
    public void Integer_files_of_MobileNetV2_are_small(double width, double most)
    {
        using var network = new MobileNetV2Spec { Width = width }.Build();
        var graph = FoldBatchNorm.Apply(network.ToGraph(32));
        var plan = new QuantizationPlan();
        var ranges = Quantizer.CalibratedResults(graph, plan).ToDictionary(
            result => result.Key, result => QuantizationParameters.FromRange(-1, 6, result.Value));
        double floats = OnnxFile.ToBytes(graph).Length;
        foreach (var strategy in (LayerStrategy[])[LayerStrategy.Static, LayerStrategy.Dynamic, LayerStrategy.WeightOnly])
        {
            var bytes = OnnxFile.ToBytes(Quantizer.Quantize(graph, plan with { Strategy = strategy }, ranges)).Length;
            Assert.InRange(bytes, 1, most);
            Assert.InRange(bytes / floats, 0, 0.3);
        }
    }

    [Fact]
    public void Norms_have_to_be_folded_first() =>
        Assert.Contains(
            "fold the batch norms first",
            Assert.Throws<ArgumentException>(() => OnnxFile.ToBytes(TestGraphs.WithNorms(TestGraphs.ResNet))).Message);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Numbers_that_are_not_finite_are_not_written(float number)
    {
        var graph = TestGraphs.Quantized(TestGraphs.ResNet, "weight only");
        var layer = (WeightedNode)graph["fc"];
        var broken = layer with { Bias = new([.. layer.Bias!.Values[1..], number], layer.Bias.Channels) };
        var error = Assert.Throws<UserException>(
            () => OnnxFile.Save(folder["model.onnx"], graph.With(new Dictionary<string, Node> { ["fc"] = broken })));
        AssertLine(error, "'fc' holds a number that is not finite");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void A_file_that_cannot_be_written_says_so()
    {
        File.WriteAllText(folder["file"], "");
        AssertLine(
            Assert.Throws<UserException>(() => OnnxFile.Save(folder["file/model.onnx"], TestGraphs.Quantized(TestGraphs.ResNet, "float"))),
            folder["file"]);
    }

    public static TheoryData<string, byte[]> Foreign => new()
    {
        { "holds no graph", [] },
        { "no ONNX file", Encoding.UTF8.GetBytes("""{ "name": "smoke" }""") },
        { "no ONNX file", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52] },
        { "no ONNX file", new byte[64] },
        { "it was written by another program", Edited(_ => "") },
        { "it was written by pytorch, and only DistillKit's own files can be read back", Edited(_ => "pytorch") },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Other_files_are_refused_in_a_line(string reason, byte[] bytes)
    {
        File.WriteAllBytes(folder["model.onnx"], bytes);
        AssertLine(Assert.Throws<UserException>(() => OnnxFile.Load(folder["model.onnx"])), reason);
    }

    [Fact]
    public void Files_that_are_not_there_are_refused_in_a_line()
    {
        AssertLine(Assert.Throws<UserException>(() => OnnxFile.Load(folder["none.onnx"])), folder["none.onnx"]);
        AssertLine(Assert.Throws<UserException>(() => OnnxFile.Load(Path.GetDirectoryName(folder["any"])!)), "cannot be read");
    }

    [Theory]
    [InlineData("static")]
    [InlineData("mixed")]
    [InlineData("dynamic")]
    [InlineData("low bit")]
    public void Truncated_files_are_refused_in_a_line(string kind)
    {
        var bytes = OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, kind));
        foreach (var length in Enumerable.Range(1, 100).Select(part => (int)((long)bytes.Length * part / 101)))
        {
            File.WriteAllBytes(folder["model.onnx"], bytes[..length]);
            AssertLine(Assert.Throws<UserException>(() => OnnxFile.Load(folder["model.onnx"])), "model.onnx cannot be read: ");
        }
    }

    [Theory]
    [InlineData("static")]
    [InlineData("mixed")]
    [InlineData("dynamic")]
    [InlineData("low bit")]
    public void Damaged_files_are_read_or_refused_in_a_line(string kind)
    {
        var original = OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, kind));
        var random = new Random(7);
        var refused = 0;
        for (var round = 0; round < 600; round++)
        {
            var bytes = original.ToArray();
            for (var change = 0; change < 1 + round % 4; change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            // One in three loses or gains bytes in the middle.
            if (round % 3 == 0) bytes = [.. bytes[..random.Next(bytes.Length)], .. bytes[random.Next(bytes.Length)..]];
            try
            {
                OnnxFile.FromBytes(bytes);
            }
            catch (InvalidDataException error)
            {
                Assert.DoesNotContain('\n', error.Message);
                refused++;
            }
        }
        Assert.InRange(refused, 200, 600);
    }

    /// <summary>A file keeps narrow weights as 8-bit integers, so their bits are the fewest that hold them.</summary>
    private static Graph WithTheBitsOf(Graph original, Graph loaded) =>
        loaded.With(loaded.Layers.Where(layer => layer.WeightQuantization is not null).ToDictionary(layer => layer.Name, Node (layer) =>
    {
        var bits = ((WeightedNode)original[layer.Name]).WeightQuantization!.Scheme.Bits;
        Assert.InRange(layer.WeightQuantization!.Scheme.Bits, 2, bits);
        var scheme = QuantizationScheme.Weights with { Bits = bits };
        return layer with { WeightQuantization = layer.WeightQuantization with { Scheme = scheme } };
    }));

    private static readonly (string Kind, string Reason, Action<ModelProto> Alter)[] Altered =
    [
        ("static", "'conv1' (Conv) is not as", model => Attribute(model, "conv1", "strides").Ints[1] = 2),
        ("static", "'conv1' (Conv) is not as", model => Attribute(model, "conv1", "pads").Ints[3] = 0),
        ("static", "'conv1' has a window of 3 with stride 0", model => Attribute(model, "conv1", "strides").Ints[0] = 0),
        ("static", "'conv1' has a window of 3 with stride 1 and padding 3", model => Attribute(model, "conv1", "pads").Ints[0] = 3),
        ("static", "'conv1' (Conv) is not as", model => Attribute(model, "conv1", "kernel_shape").Ints[0] = 5),
        ("static", "'conv1' (Conv) is not as", model => Node(model, "conv1").Attribute.Add(Dilations)),
        ("static", "'conv1' cannot take", model => Attribute(model, "conv1", "group").I = 0),
        ("static", "node's name is no text", model => Node(model, "conv1").Name = ""),
        ("static", "node's name is no text", model => Node(model, "conv1").Name = "\x1b[31mconv1"),
        ("static", "same key", model => Node(model, "fc").Name = "conv1"),
        ("static", "it is damaged", model => model.Graph.Initializer.Add(model.Graph.Initializer[0])),
        ("static", "is not as", model => model.Graph.Initializer.Add(new TensorProto { Name = "spare" })),
        ("static", "it is damaged", model => model.Graph.Output.Add(model.Graph.Output[0])),
        ("static", "operator set", model => model.OpsetImport[0].Version = 13),
        ("static", "is not finite", model => First(model, "images.quantized").RawData = Bytes(float.PositiveInfinity)),
        ("static", "is not a positive number", model => First(model, "images.quantized").RawData = Bytes(1e38f)),
        ("static", "is not a positive number", model => First(model, "images.quantized").RawData = Bytes(0)),
        ("static", "are not as", model => First(model, "images.quantized").RawData = Bytes(0.1f, 0.2f)),
        ("static", "are not as", model => First(model, "images.quantized").Dims.Add(1)),
        ("low bit", "none of its integers", model => First(model, "images.quantized", 2).RawData = ByteString.CopyFrom(99)),
        ("per tensor", "other scales than one for each", model => Resize(First(model, "fc.weight"), 2)),
        ("per tensor", "'fc' has", model => Resize(First(model, "fc.bias", 0), 2)),
        ("float", "is not finite", model => Set(First(model, "fc"), float.NaN)),
        ("float", "is not finite", model => Set(First(model, "fc", 2), float.NegativeInfinity)),
        ("float", "it is damaged", model => (First(model, "fc").Dims[0], First(model, "fc").Dims[1]) = (1L << 32, 1L << 32)),
        ("dynamic", "is not as", model => Node(model, "fc.cast").Attribute[0].I = 6),
    ];

    public static TheoryData<int> Alterations => [.. Enumerable.Range(0, Altered.Length)];

    [Theory]
    [MemberData(nameof(Alterations))]
    public void A_file_that_says_other_than_what_is_read_is_refused(int index)
    {
        var (kind, reason, alter) = Altered[index];
        var model = ModelProto.Parser.ParseFrom(OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, kind)));
        alter(model);
        File.WriteAllBytes(folder["model.onnx"], MessageExtensions.ToByteArray(model));
        AssertLine(Assert.Throws<UserException>(() => OnnxFile.Load(folder["model.onnx"])), reason);
    }

    [Fact]
    public void A_file_of_many_small_parts_is_refused_before_it_takes_memory()
    {
        // 3,000,000 operators without a name, two bytes each; the length of the graph takes four.
        byte[] head = [0x12, 10, .. "DistillKit"u8, 0x3A, 0x80, 0x9B, 0xEE, 0x02], nodes = new byte[6_000_000];
        for (var index = 0; index < nodes.Length; index += 2) nodes[index] = 0x0A;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => OnnxFile.FromBytes([.. head, .. nodes]));
        Assert.Equal("it has 6000017 bytes beside its weights, more than any network of DistillKit", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * nodes.Length);
    }

    private static readonly AttributeProto Dilations =
        new() { Name = "dilations", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 2, 2 } };

    private static NodeProto Node(ModelProto model, string name) => model.Graph.Node.First(node => node.Name == name);

    private static AttributeProto Attribute(ModelProto model, string node, string name) =>
        Node(model, node).Attribute.First(attribute => attribute.Name == name);

    /// <summary>The first, or another, initializer that a node takes.</summary>
    private static TensorProto First(ModelProto model, string node, int input = 1) =>
        model.Graph.Initializer.First(tensor => tensor.Name == Node(model, node).Input[input]);

    private static ByteString Bytes(params float[] numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers));

    private static void Resize(TensorProto tensor, int count)
    {
        tensor.RawData = ByteString.CopyFrom(new byte[4 * count].Select(_ => (byte)1).ToArray());
        tensor.Dims.Clear();
        tensor.Dims.Add(count);
    }

    private static void Set(TensorProto tensor, float number) =>
        tensor.RawData = ByteString.CopyFrom([.. Bytes(number), .. tensor.RawData.ToByteArray()[4..]]);

    private static byte[] Edited(Func<string, string> producer)
    {
        var model = ModelProto.Parser.ParseFrom(OnnxFile.ToBytes(TestGraphs.Quantized(TestGraphs.ResNet, "float")));
        model.ProducerName = producer(model.ProducerName);
        return MessageExtensions.ToByteArray(model);
    }

    private static void AssertLine(UserException error, string part)
    {
        Assert.Contains(part, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
