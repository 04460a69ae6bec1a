using Google.Protobuf;
using Google.Protobuf.Collections;
using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Graphs.Onnx;

/// <summary>Turns a graph into ONNX messages. Quantized values become QuantizeLinear and DequantizeLinear pairs (QDQ), which runtimes fuse
/// into integer operators.</summary>
internal sealed class OnnxWriter(Graph graph)
{
    internal const string Output = "logits";
    internal const int OperatorSet = 17;
    internal const string SaturateSuffix = ".saturate";
    private const int IrVersion = 8;

    private readonly GraphProto proto = new() { Name = "distillkit" };
    private readonly HashSet<string> initializers = [];

    /// <summary>The tensor that holds each result; it differs from the result's name where that is the dequantized one.</summary>
    private readonly Dictionary<string, string> tensors = [];

    /// <exception cref="UserException">A number is not finite, or a bias does not fit its integer.</exception>
    public ModelProto Write()
    {
        var damaged = graph.Layers.FirstOrDefault(layer => !layer.Weight.Values.Concat(layer.Bias?.Values ?? []).All(float.IsFinite));
        if (damaged is not null)
            throw new UserException($"'{damaged.Name}' holds a number that is not finite: train the network again, or take another file.");
        proto.Input.Add(Value(graph.Input.Name, [graph.Input.Channels, graph.Input.Size, graph.Input.Size]));
        proto.Output.Add(Value(Output, graph.Shapes[graph.Output.Name]));
        foreach (var node in graph.Nodes) tensors[node.Name] = Write(node, ReferenceEquals(node, graph.Output) ? Output : node.Name);
        ShortenTensorNames(proto);
        var metadata = graph.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal);
        return new()
        {
            IrVersion = IrVersion,
            ProducerName = "DistillKit",
            Graph = proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            MetadataProps = { metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }) },
        };
    }

    /// <summary>Nodes keep their names, but tensors are mere links: long ones would be a twentieth of a small network's file.</summary>
    internal static void ShortenTensorNames(GraphProto proto)
    {
        var names = proto.Input.Concat(proto.Output).ToDictionary(value => value.Name, value => value.Name);
        string Short(string name) =>
            names.TryGetValue(name, out var known) ? known : names[name] = names.Count.ToString("x", CultureInfo.InvariantCulture);
        foreach (var tensor in proto.Initializer) tensor.Name = Short(tensor.Name);
        foreach (var link in proto.Node.SelectMany(node => (RepeatedField<string>[])[node.Input, node.Output]))
        {
            for (var index = 0; index < link.Count; index++) link[index] = Short(link[index]);
        }
    }

    /// <summary>Adds a node's operators, and returns the tensor with its result, which is to have a name.</summary>
    private string Write(Node node, string name)
    {
        string[] inputs = [.. node.Inputs.Select(input => tensors[input])];
        return node switch
        {
            InputNode => name,
            WeightedNode { WeightQuantization: { } parameters } layer when graph[layer.Input] is QuantizeNode { Parameters: null } =>
                WriteDynamic(layer, parameters, name),
            ConvNode layer => Emit("Conv", node.Name, [.. inputs, Weight(layer), Bias(layer)], name, Window(layer)),
            GemmNode layer => Emit("Gemm", node.Name, [.. inputs, Weight(layer), Bias(layer)], name, Int("transB", 1)),
            ActivationNode { Activation: Activation.ReLU } => Emit("Relu", node.Name, inputs, name),
            ActivationNode { Activation: Activation.ReLU6 } =>
                Emit("Clip", node.Name, [.. inputs, Scalar("relu6.minimum", 0f), Scalar("relu6.maximum", 6f)], name),
            AddNode => Emit("Add", node.Name, inputs, name),
            MaxPoolNode pool => Emit("MaxPool", node.Name, inputs, name, Window(pool.Kernel, pool.Stride, pool.Padding)),
            GlobalAveragePoolNode => Emit(
                "Flatten", $"{node.Name}.flatten", [Emit("GlobalAveragePool", node.Name, inputs, $"{name}.map")], name, Int("axis", 1)),
            QuantizeNode { Parameters: { } parameters } => WriteQuantize(node.Name, parameters, inputs[0], name),
            QuantizeNode => WriteDynamicQuantize(node.Name, inputs, name),
            _ => throw new ArgumentException(
                $"'{node.Name}' has no form in ONNX files of ours: fold the batch norms first ({node.GetType().Name})."),
        };
    }

    private string WriteDynamicQuantize(string node, string[] inputs, string name)
    {
        Emit("DynamicQuantizeLinear", node, inputs, $"{name}.integers");
        proto.Node[^1].Output.Add([$"{name}.scale", $"{name}.zero_point"]);
        return name;
    }

    private string WriteQuantize(string node, QuantizationParameters parameters, string input, string name)
    {
        // Two quantizations with the same name would be the same initializers; names are unique.
        var scale = Scalar($"{node}.scale", parameters.Scales[0]);
        var zeroPoint = parameters.Scheme.IsSigned
            ? Raw<sbyte>($"{node}.zero_point", DataType.Int8, [(sbyte)parameters.ZeroPoints[0]])
            : Raw<byte>($"{node}.zero_point", DataType.Uint8, [(byte)parameters.ZeroPoints[0]]);
        // ONNX's integers saturate at -128 or 0 and at 127 or 255; where those here end before, the numbers have to be clipped.
        if (parameters.Scheme is { Bits: < 8 } or { IsSymmetric: true })
        {
            var (minimum, maximum) = (Bound("minimum", parameters.Minimum), Bound("maximum", parameters.Maximum));
            input = Emit("Clip", node + SaturateSuffix, [input, minimum, maximum], $"{node}.saturated");
        }
        var integers = Emit("QuantizeLinear", node, [input, scale, zeroPoint], $"{name}.integers");
        return Emit("DequantizeLinear", $"{node}.dequantize", [integers, scale, zeroPoint], name);

        string Bound(string which, int integer) => Scalar($"{node}.{which}", (integer - parameters.ZeroPoints[0]) * parameters.Scales[0]);
    }

    /// <summary>The layer's weight, dequantized where it is kept as integers.</summary>
    private string Weight(WeightedNode layer)
    {
        if (layer.WeightQuantization is not { } parameters) return Floats($"{layer.Name}.weight", layer.Weight);
        var scale = Scales($"{layer.Name}.weight.scale", parameters.Scales);
        // Zero points of symmetric numbers; layers with as many channels share them.
        var (integers, channels) = (IntegerWeight(layer, parameters), parameters.Channels);
        var zeros = Raw($"zeros.{channels}", DataType.Int8, new sbyte[channels], channels > 1);
        return Dequantize($"{layer.Name}.weight", [integers, scale, zeros], channels);
    }

    /// <summary>The layer's bias: 32-bit integers in steps of input scale times weight scale where both are integers, so that it can be
    /// added to the accumulators.</summary>
    private string Bias(WeightedNode layer)
    {
        var name = $"{layer.Name}.bias";
        var bias = layer.Bias ?? new Constant(new float[layer.Weight.Channels], layer.Weight.Channels);
        if ((layer.WeightQuantization, graph[layer.Input]) is not ({ Scales: var scales }, QuantizeNode { Parameters.Scales: [var input] }))
            return Floats(name, bias);
        var integers = Raw($"{name}.integers", DataType.Int32, BiasQuantization.Quantize(bias.Values, input, scales), isVector: true);
        return Dequantize(name, [integers, Scales($"{name}.scale", Array.ConvertAll(scales, scale => input * scale))], scales.Length);
    }

    /// <summary>A layer whose input has a new scale in each batch: accumulators times input scale times weight scale, plus bias.</summary>
    private string WriteDynamic(WeightedNode layer, QuantizationParameters parameters, string name)
    {
        var input = layer.Input;
        string[] inputs = [$"{input}.integers", IntegerWeight(layer, parameters, isTransposed: layer is GemmNode), $"{input}.zero_point"];
        var type = layer is ConvNode ? "ConvInteger" : "MatMulInteger";
        Emit(type, layer.Name, inputs, $"{name}.accumulators", layer is ConvNode conv ? Window(conv) : []);

        int[] channels = [layer.Weight.Channels, .. layer is ConvNode ? [1, 1] : Array.Empty<int>()];
        var weightScale = parameters.Channels == 1
            ? Scalar($"{layer.Name}.weight.scale", parameters.Scales[0])
            : Raw($"{layer.Name}.weight.scale", DataType.Float, parameters.Scales, channels);
        Emit("Mul", $"{layer.Name}.scale", [$"{input}.scale", weightScale], $"{name}.scale");
        Emit("Cast", $"{layer.Name}.cast", [$"{name}.accumulators"], $"{name}.real", Int("to", (int)DataType.Float));
        var scaled = layer.Bias is null ? name : $"{name}.scaled";
        Emit("Mul", $"{layer.Name}.rescale", [$"{name}.real", $"{name}.scale"], scaled);
        if (layer.Bias is not { } bias) return name;
        return Emit("Add", $"{layer.Name}.add_bias", [scaled, Raw($"{layer.Name}.bias", DataType.Float, bias.Values, channels)], name);
    }

    private string IntegerWeight(WeightedNode layer, QuantizationParameters parameters, bool isTransposed = false)
    {
        var integers = new sbyte[layer.Weight.Values.Length];
        parameters.Quantize<sbyte>(layer.Weight.Values, integers);
        int[] shape = [.. layer.Weight.Shape];
        if (isTransposed) (integers, shape) = (Transpose(integers, shape[1]), [shape[1], shape[0]]);
        return Raw($"{layer.Name}.weight.integers", DataType.Int8, integers, shape);
    }

    /// <summary>A matrix of so many columns with rows and columns exchanged.</summary>
    internal static sbyte[] Transpose(sbyte[] values, int columns)
    {
        var rows = values.Length / columns;
        return [.. Enumerable.Range(0, values.Length).Select(index => values[index % rows * columns + index / rows])];
    }

    private string Dequantize(string name, string[] inputs, int channels) =>
        Emit("DequantizeLinear", name, inputs, name, channels > 1 ? [Int("axis", 0)] : []);

    private string Scales(string name, float[] scales) => Raw(name, DataType.Float, scales, scales.Length > 1);

    private string Floats(string name, Constant constant) => Raw(name, DataType.Float, constant.Values, [.. constant.Shape]);

    private string Scalar(string name, float value) => Raw<float>(name, DataType.Float, [value]);

    private string Raw<T>(string name, DataType type, T[] values, bool isVector = false) where T : unmanaged =>
        Raw(name, type, values, isVector ? [values.Length] : []);

    private string Raw<T>(string name, DataType type, T[] values, int[] shape) where T : unmanaged
    {
        if (!initializers.Add(name)) return name;
        proto.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)type,
            Dims = { shape.Select(size => (long)size) },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)),
        });
        return name;
    }

    /// <summary>Adds an operator, and returns its result.</summary>
    private string Emit(string type, string name, string[] inputs, string output, params AttributeProto[] attributes)
    {
        proto.Node.Add(new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { output }, Attribute = { attributes } });
        return output;
    }

    private static AttributeProto[] Window(ConvNode layer) =>
        [.. Window(layer.Kernel, layer.Stride, layer.Padding), Int("group", layer.Groups)];

    private static AttributeProto[] Window(int kernel, int stride, int padding) =>
        [Ints("kernel_shape", kernel, kernel), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding)];

    private static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Value(string name, IReadOnlyList<int> sizes)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)DataType.Float, Shape = shape } } };
    }
}
