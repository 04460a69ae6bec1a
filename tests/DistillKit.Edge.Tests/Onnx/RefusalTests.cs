using System.Text;
using DistillKit.Edge.Tests.Models;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests.Onnx;

/// <summary>What is wrong with a file is said in one line.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Foreign_files_are_refused()
    {
        foreach (var foreign in (byte[][])[[], [0], Encoding.UTF8.GetBytes("{\"model\": 1}"),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13],
            [.. Enumerable.Repeat((byte)0xFF, 100)], [.. new byte[1000]]])
            Assert.StartsWith("This is not an ONNX model", Refusal(foreign));
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        var file = Model().ToByteArray();
        for (var length = 0; length < file.Length - 40; length += 7)
            Assert.StartsWith("This is not an ONNX model", Refusal(file[..length]));
    }

    [Fact]
    public void A_file_that_does_not_exist_is_refused() =>
        Assert.Contains("does not exist", Assert.Throws<EdgeException>(() => EdgeModel.Load("no/such/file.onnx")).Message);

    [Fact]
    public void An_unsupported_operator_is_named_with_its_node() =>
        Assert.StartsWith("Softmax node 'v0': this operator is not supported",
            Refusal(model => model.Graph.Node.First(node => node.Name == "v0").OpType = "Softmax"));

    [Fact]
    public void An_operator_of_another_domain_is_refused() =>
        Assert.Contains("com.microsoft", Refusal(model => model.Graph.Node[0].Domain = "com.microsoft"));

    [Theory, InlineData(12), InlineData(0), InlineData(22), InlineData(long.MaxValue)]
    public void Another_operator_set_is_refused(long version) =>
        Assert.Contains("opset 17", Refusal(model => model.OpsetImport[0].Version = version));

    [Fact]
    public void Nodes_in_a_cycle_or_in_the_wrong_order_are_refused()
    {
        Assert.Contains("no input, initializer or earlier node defines",
            Refusal(model => model.Graph.Node[0].Input[0] = model.Graph.Node[^1].Output[0]));
        Assert.Contains("no input, initializer or earlier node defines",
            Refusal(model => (model.Graph.Node[0], model.Graph.Node[1]) = (model.Graph.Node[1], model.Graph.Node[0])));
    }

    [Fact]
    public void A_name_that_is_given_twice_is_refused() =>
        Assert.Contains("two values", Refusal(model => model.Graph.Node[1].Output[0] = model.Graph.Node[0].Output[0]));

    [Theory, InlineData(0), InlineData(-1), InlineData(long.MaxValue), InlineData(1L << 40)]
    public void Impossible_dimensions_are_refused(long extent)
    {
        Assert.Contains(extent == 0 ? "needs 0" : "negative or too large", Refusal(model => model.Graph.Initializer[0].Dims[0] = extent));
        Assert.Contains("images", Refusal(model => model.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimValue = extent));
    }

    [Fact]
    public void Dimensions_whose_product_overflows_are_refused() => Assert.Contains("negative or too large", Refusal(model =>
    {
        model.Graph.Initializer[0].Dims.Clear();
        model.Graph.Initializer[0].Dims.Add([1L << 30, 1L << 30, 1L << 30, 16]);
    }));

    [Fact]
    public void Data_of_another_length_than_the_shape_is_refused() =>
        Assert.Contains("bytes of data, where its shape",
            Refusal(model => model.Graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3)));

    [Theory, InlineData(10, "float16"), InlineData(4, "uint16"), InlineData(1000, "number 1000")]
    public void An_unknown_element_type_is_refused_by_its_name(int type, string name) =>
        Assert.Contains($"of type {name}", Refusal(model => model.Graph.Initializer[0].DataType = type));

    [Fact]
    public void A_quantization_of_weights_and_limits_of_integers_are_refused_with_their_nodes()
    {
        var builder = new ModelBuilder(1, 1, 1);
        string[] parameters = [builder.Constant("s", [1f]), builder.Constant("z", [(sbyte)0])];
        var weights = builder.Node("QuantizeLinear", "wq", [builder.Constant("w", [1f], 1, 1), .. parameters]);
        Assert.StartsWith("QuantizeLinear node 'wq': its input 'w'", Refusal(builder.Build(weights, 1).ToByteArray()));
        builder = new ModelBuilder(1, 1, 1);
        var codes = builder.Node("QuantizeLinear", "q", ["images", builder.Constant("s", [1f]), builder.Constant("z", [(sbyte)0])]);
        var limited = builder.Node("Clip", "limited", [codes, builder.Constant("least", [(sbyte)-127])]);
        Assert.StartsWith("Clip node 'limited': its input 'q'", Refusal(builder.Build(limited, 1).ToByteArray()));
    }

    /// <summary>Windows of 1024 x 1024 on as large an image, one after the other: some 500 bytes that would run for minutes.</summary>
    [Fact]
    public void A_small_file_that_would_run_for_minutes_is_refused()
    {
        var builder = new ModelBuilder(1, 1024, 1024);
        var name = "images";
        for (var i = 0; i < 3; i++)
            name = builder.Node("MaxPool", $"pool{i}", [name], ("kernel_shape", new[] { 1024, 1024 }), ("strides", new[] { 1, 1 }),
                ("pads", new[] { 1023, 1023, 1023, 1023 }));
        var mean = builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", [name])]);
        Assert.Contains("operations for an image", Refusal(builder.Build(mean, 1).ToByteArray()));
    }

    [Fact]
    public void A_window_whose_padded_image_is_too_large_is_refused()
    {
        var builder = new ModelBuilder(1000, 1, 60_000);
        var weights = builder.Constant("w", new sbyte[1024 * 1000], 1, 1000, 1024, 1);
        var scaled = builder.Node("DequantizeLinear", "dq", [weights, builder.Constant("s", [1f])]);
        var convolution = builder.Node("Conv", "conv", ["images", scaled], ("pads", new[] { 1023, 0, 1023, 0 }));
        Assert.Contains("too large", Refusal(builder.Build(convolution, 1).ToByteArray()));
    }

    /// <summary>A single output for a window of one column: packing makes 64 bytes of each.</summary>
    [Fact]
    public void Weights_that_packing_would_multiply_are_refused()
    {
        var builder = new ModelBuilder(1, 1024, 1);
        var name = "images";
        for (var i = 0; i < 1000; i++)
        {
            var weights = builder.Constant($"w{i}", new sbyte[1023], 1, 1, 1023, 1);
            var scaled = builder.Node("DequantizeLinear", $"dq{i}", [weights, i == 0 ? builder.Constant("s", [1f]) : "s"]);
            name = builder.Node("Conv", $"conv{i}", [name, scaled], ("pads", new[] { 511, 0, 511, 0 }));
        }
        var mean = builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", [name])]);
        Assert.Contains("MiB, far more than its file", Refusal(builder.Build(mean, 1).ToByteArray()));
    }

    [Fact]
    public void Packed_numbers_take_no_more_memory_than_their_tensor()
    {
        var builder = new ModelBuilder(1, 1, 1, usesTypedFields: true);
        builder.Constant("w", new int[1_000_000], 1_000_000);
        var file = builder.Build("nothing", 1).ToByteArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 4_000_000, 6_000_000);
    }

    [Fact]
    public void Weights_that_do_not_fit_their_input_are_refused() => Assert.Contains("do not fit an input of", Refusal(model =>
        (model.Graph.Initializer[0].Dims[0], model.Graph.Initializer[0].Dims[1]) =
            (model.Graph.Initializer[0].Dims[1], model.Graph.Initializer[0].Dims[0])));

    [Theory, InlineData("pads", -1), InlineData("pads", 3), InlineData("strides", 0), InlineData("strides", 2), InlineData("dilations", 2),
        InlineData("kernel_shape", 5)]
    public void Attributes_outside_what_the_engine_knows_are_refused(string name, int value)
    {
        var message = Refusal(model =>
            model.Graph.Node.First(node => node.OpType == "Conv").Attribute.First(attribute => attribute.Name == name).Ints[0] = value);
        Assert.StartsWith("Conv node 'v0_raw'", message);
    }

    [Fact]
    public void An_unknown_attribute_is_refused() =>
        Assert.Contains("'color' is not supported",
            Refusal(model => model.Graph.Node.First(node => node.OpType == "Conv").Attribute[0].Name = "color"));

    [Theory, InlineData(0f), InlineData(-1f), InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.MaxValue)]
    public void Scales_that_are_not_positive_and_finite_are_refused(float scale) => Assert.Contains("not positive and finite", Refusal(
        model => model.Graph.Initializer.First(tensor => tensor.Name == "images_scale").RawData =
            ByteString.CopyFrom(BitConverter.GetBytes(scale)), FileKind.Static));

    [Theory, InlineData(float.NaN), InlineData(float.NegativeInfinity)]
    public void Weights_and_biases_that_are_not_finite_are_refused(float value)
    {
        foreach (var name in (string[])["v0_w", "v0_b"])
            Assert.StartsWith($"The initializer '{name}' holds {value}, which is not a finite number", Refusal(
                model => model.Graph.Initializer.First(tensor => tensor.Name == name).RawData = ByteString.CopyFrom(
                    [.. BitConverter.GetBytes(value),
                    .. model.Graph.Initializer.First(tensor => tensor.Name == name).RawData.ToByteArray()[4..]])));
    }

    [Fact]
    public void A_dequantization_with_another_scale_is_refused() => Assert.Contains("differ from those of the QuantizeLinear", Refusal(
        model => model.Graph.Node.First(node => node.Name == "images_dq").Input[1] = "v0_scale", FileKind.Static));

    [Fact]
    public void A_model_without_input_output_or_with_several_is_refused()
    {
        Assert.Contains("0 inputs", Refusal(model => model.Graph.Input.Clear()));
        Assert.Contains("2 inputs", Refusal(model => model.Graph.Input.Add(new ValueInfoProto { Name = "more" })));
        Assert.Contains("0 outputs", Refusal(model => model.Graph.Output.Clear()));
        Assert.Contains("[batch, classes]", Refusal(model => model.Graph.Output[0].Name = "v0"));
        Assert.Contains("[-1, 77]", Refusal(model => model.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue = 77));
    }

    [Fact]
    public void A_network_too_deep_is_refused_and_a_deep_one_runs()
    {
        ModelProto Deep(int layers)
        {
            var builder = new ModelBuilder(1, 1, 1);
            var name = builder.Node("Flatten", "flat", ["images"]);
            for (var i = 0; i < layers; i++)
                name = builder.Node("Relu", $"relu{i}", [name]);
            return builder.Build(name, 1);
        }
        Assert.Contains("20000 nodes", Refusal(Deep(20_001).ToByteArray()));
        using var model = EdgeModel.Load(Deep(19_000).ToByteArray());
        var logits = new float[1];
        model.Run([2], logits);
        Assert.Equal(2, logits[0]);
    }

    [Fact]
    public void A_network_that_needs_too_much_memory_is_refused()
    {
        var builder = new ModelBuilder(1, 1024, 1024);
        var weights = builder.Constant("w", new float[64], 64, 1, 1, 1);
        string[] branches = [.. Enumerable.Range(0, 5).Select(i => builder.Node("Conv", $"conv{i}", ["images", weights]))];
        var sum = branches.Aggregate((first, second) => builder.Node("Add", $"{second}_sum", [first, second]));
        var file = builder.Build(builder.Node("Flatten", "flat", [builder.Node("GlobalAveragePool", "mean", [sum])]), 64).ToByteArray();
        Assert.Contains("MiB", Refusal(file));
    }

    [Fact]
    public void Random_bytes_in_names_stay_on_one_line()
    {
        var message = Refusal(model => model.Graph.Node[0].Input[0] = "a\nb\r\u0085\u2028\u001b[2J\u202e\u200b" + new string('c', 100_000));
        Assert.DoesNotContain(message, c => char.IsControl(c) || c is '\u2028' or '\u202e' or '\u200b');
        Assert.InRange(message.Length, 10, 300);
    }

    private static ModelProto Model(FileKind kind = FileKind.Float)
    {
        var network = new TestNetwork(2, 6, 6, 1);
        var layer = network.Convolution(-1, 4, 3, 1, ActivationFunction.Relu);
        network.Linear(network.Average(network.Convolution(layer, 5, 1, 1, ActivationFunction.None)), 3);
        return FileWriter.Write(network, new(kind), Ranges.Of(network));
    }

    private static string Refusal(Action<ModelProto> change, FileKind kind = FileKind.Float)
    {
        var model = Model(kind);
        change(model);
        return Refusal(model.ToByteArray());
    }

    private static string Refusal(byte[] file)
    {
        var message = Assert.Throws<EdgeException>(() => EdgeModel.Load(file)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
