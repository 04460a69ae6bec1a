using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Graphs.Onnx;

/// <summary>Turns a graph into ONNX messages. Quantized values become QuantizeLinear and DequantizeLinear pairs (QDQ), which runtimes fuse into integer operators.</summary>
internal sealed class OnnxWriter
{
    internal const string Output = "logits";
    internal const int OperatorSet = 17;
    internal const string SaturateSuffix = ".saturate";
    private const int IrVersion = 8;

    private readonly GraphProto proto = new() { Name = "distillkit" };

    /// <summary>The tensor that holds each result; it differs from the result's name where that is the dequantized one.</summary>
    private readonly Dictionary<string, string> tensors = [];

    public ModelProto Write(Graph graph)
    {
        proto.Input.Add(Value(graph.Input.Name, [graph.Input.Channels, graph.Input.Size, graph.Input.Size]));
        proto.Output.Add(Value(Output, graph.Shapes[graph.Output.Name]));
        foreach (var node in graph.Nodes) tensors[node.Name] = Write(graph, node);
        ShortenTensorNames();
        return new()
        {
            IrVersion = IrVersion,
            ProducerName = "DistillKit",
            Graph = proto,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            MetadataProps = { graph.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }) },
        };
    }

    /// <summary>Nodes keep their names, but tensors are mere links: with long names they would be a twentieth of a small network's file.</summary>
    private void ShortenTensorNames()
    {
        var names = proto.Input.Concat(proto.Output).ToDictionary(value => value.Name, value => value.Name);
        string Short(string name) => names.TryGetValue(name, out var known) ? known : names[name] = names.Count.ToString("x", CultureInfo.InvariantCulture);
        foreach (var tensor in proto.Initializer) tensor.Name = Short(tensor.Name);
        foreach (var link in proto.Node.SelectMany(node => (RepeatedField<string>[])[node.Input, node.Output]))
        {
            for (var index = 0; index < link.Count; index++) link[index] = Short(link[index]);
        }
    }

    /// <returns>The tensor with the node's result.</returns>
    private string Write(Graph graph, Node node)
    {
        var name = ReferenceEquals(node, graph.Output) ? Output : node.Name;
        switch (node)
        {
            case InputNode:
                return name;
            case ConvolutionNode layer when IsDynamic(graph, layer):
                return DynamicConvolution(graph, layer, name);
            case LinearNode layer when IsDynamic(graph, layer):
                return DynamicLinear(graph, layer, name);
            case ConvolutionNode layer:
                Emit("Conv", node.Name, [tensors[layer.Input], Weight(layer), Bias(graph, layer)], name, [.. Window(layer), Int("group", layer.Groups)]);
                return name;
            case LinearNode layer:
                Emit("Gemm", node.Name, [tensors[layer.Input], Weight(layer), Bias(graph, layer)], name, Int("transB", 1));
                return name;
            case ActivationNode { Activation: Activation.ReLU } activation:
                Emit("Relu", node.Name, [tensors[activation.Input]], name);
                return name;
            case ActivationNode { Activation: Activation.ReLU6 } activation:
                Emit("Clip", node.Name, [tensors[activation.Input], Scalar("relu6.minimum", 0f), Scalar("relu6.maximum", 6f)], name);
                return name;
            case AddNode add:
                Emit("Add", node.Name, [tensors[add.Left], tensors[add.Right]], name);
                return name;
            case MaxPoolNode pool:
                Emit("MaxPool", node.Name, [tensors[pool.Input]], name, Window(pool.Kernel, pool.Stride, pool.Padding));
                return name;
            case GlobalAveragePoolNode pool:
                Emit("GlobalAveragePool", node.Name, [tensors[pool.Input]], $"{name}.positions");
                Emit("Flatten", $"{node.Name}.flatten", [$"{name}.positions"], name, Int("axis", 1));
                return name;
            case QuantizeNode { Parameters: { } parameters } quantize:
                return QuantizeDequantize(quantize, parameters, name);
            case QuantizeNode quantize:
                Emit("DynamicQuantizeLinear", node.Name, [tensors[quantize.Input]], [$"{name}.integers", $"{name}.scale", $"{name}.zero_point"]);
                return name;
            default:
                throw new ArgumentException($"'{node.Name}' has no form in ONNX files of ours: fold the batch norms first ({node.GetType().Name}).");
        }
    }

    private string QuantizeDequantize(QuantizeNode node, QuantizationParameters parameters, string name)
    {
        // Two quantizations with the same name would be the same initializers; names are unique.
        var scale = Scalar($"{node.Name}.scale", parameters.Scales[0]);
        var zeroPoint = parameters.IsSigned
            ? Raw<sbyte>($"{node.Name}.zero_point", DataType.Int8, [(sbyte)parameters.ZeroPoints[0]])
            : Raw<byte>($"{node.Name}.zero_point", DataType.Uint8, [(byte)parameters.ZeroPoints[0]]);
        var input = tensors[node.Input];
        if (parameters.Bits < 8) input = Saturate(node, parameters, input, scale);
        Emit("QuantizeLinear", node.Name, [input, scale, zeroPoint], $"{name}.integers");
        Emit("DequantizeLinear", $"{node.Name}.dequantize", [$"{name}.integers", scale, zeroPoint], name);
        return name;
    }

    /// <summary>ONNX's 8-bit integers saturate at 8 bits; narrower ones have to be clipped before.</summary>
    private string Saturate(QuantizeNode node, QuantizationParameters parameters, string input, string scale)
    {
        float Bound(int integer) => (integer - parameters.ZeroPoints[0]) * parameters.Scales[0];
        Emit("Clip", node.Name + SaturateSuffix, [input, Scalar($"{node.Name}.minimum", Bound(parameters.Minimum)), Scalar($"{node.Name}.maximum", Bound(parameters.Maximum))], $"{node.Name}.saturated");
        return $"{node.Name}.saturated";
    }

    /// <summary>The layer's weight, dequantized where it is kept as integers.</summary>
    private string Weight(WeightedNode layer)
    {
        if (layer.WeightQuantization is not { } parameters) return Floats($"{layer.Name}.weight", layer.Weight);
        var scale = Scales($"{layer.Name}.weight.scale", parameters);
        return Dequantize($"{layer.Name}.weight", IntegerWeight(layer, parameters), scale, Zeros(parameters.Channels), parameters);
    }

    /// <summary>
    /// The layer's bias: 32-bit integers in steps of input scale times weight scale where both are integers, so that it can be added to the accumulators.
    /// </summary>
    private string Bias(Graph graph, WeightedNode layer)
    {
        var bias = layer.Bias ?? new Constant(new float[layer.Weight.Channels], layer.Weight.Channels);
        if (layer.WeightQuantization is not { } weights || graph[layer.Input] is not QuantizeNode { Parameters: { } input }) return Floats($"{layer.Name}.bias", bias);
        var parameters = weights with { Scales = Array.ConvertAll(weights.Scales, scale => input.Scales[0] * scale) };
        var integers = Raw<int>($"{layer.Name}.bias.integers", DataType.Int32, BiasQuantization.Quantize(bias.Values, input.Scales[0], weights.Scales), isVector: true);
        return Dequantize($"{layer.Name}.bias", integers, Scales($"{layer.Name}.bias.scale", parameters), zeroPoint: null, parameters);
    }

    private static bool IsDynamic(Graph graph, WeightedNode layer) => layer.WeightQuantization is not null && graph[layer.Input] is QuantizeNode { Parameters: null };

    private string DynamicConvolution(Graph graph, ConvolutionNode layer, string name)
    {
        var input = graph[layer.Input].Name;
        Emit("ConvInteger", layer.Name, [$"{input}.integers", IntegerWeight(layer, layer.WeightQuantization!), $"{input}.zero_point"], $"{name}.accumulators", [.. Window(layer), Int("group", layer.Groups)]);
        return DynamicEpilogue(layer, input, name, [1, 1]);
    }

    private string DynamicLinear(Graph graph, LinearNode layer, string name)
    {
        var input = graph[layer.Input].Name;
        Emit("MatMulInteger", layer.Name, [$"{input}.integers", IntegerWeight(layer, layer.WeightQuantization!, isTransposed: true), $"{input}.zero_point"], $"{name}.accumulators");
        return DynamicEpilogue(layer, input, name, []);
    }

    /// <summary>Accumulators times input scale times weight scale, plus bias.</summary>
    private string DynamicEpilogue(WeightedNode layer, string input, string name, int[] positions)
    {
        var parameters = layer.WeightQuantization!;
        int[] channels = [layer.Weight.Channels, .. positions];
        var weightScale = parameters.Scales.Length == 1
            ? Scalar($"{layer.Name}.weight.scale", parameters.Scales[0])
            : Raw<float>($"{layer.Name}.weight.scale", DataType.Float, parameters.Scales, channels);
        Emit("Mul", $"{layer.Name}.scale", [$"{input}.scale", weightScale], $"{name}.scale");
        Emit("Cast", $"{layer.Name}.cast", [$"{name}.accumulators"], $"{name}.real", Int("to", (int)DataType.Float));
        var scaled = layer.Bias is null ? name : $"{name}.scaled";
        Emit("Mul", $"{layer.Name}.rescale", [$"{name}.real", $"{name}.scale"], scaled);
        if (layer.Bias is { } bias) Emit("Add", $"{layer.Name}.add_bias", [scaled, Raw<float>($"{layer.Name}.bias", DataType.Float, bias.Values, channels)], name);
        return name;
    }

    private string IntegerWeight(WeightedNode layer, QuantizationParameters parameters, bool isTransposed = false)
    {
        var integers = new sbyte[layer.Weight.Values.Length];
        parameters.Quantize<sbyte>(layer.Weight.Values, integers);
        if (!isTransposed) return Raw<sbyte>($"{layer.Name}.weight.integers", DataType.Int8, integers, [.. layer.Weight.Shape]);
        var (rows, columns) = (layer.Weight.Shape[0], layer.Weight.Shape[1]);
        var transposed = new sbyte[integers.Length];
        for (var index = 0; index < integers.Length; index++) transposed[index % columns * rows + index / columns] = integers[index];
        return Raw<sbyte>($"{layer.Name}.weight.integers", DataType.Int8, transposed, [columns, rows]);
    }

    private string Dequantize(string name, string integers, string scale, string? zeroPoint, QuantizationParameters parameters)
    {
        Emit("DequantizeLinear", name, zeroPoint is null ? [integers, scale] : [integers, scale, zeroPoint], name, parameters.Scales.Length > 1 ? [Int("axis", 0)] : []);
        return name;
    }

    private string Scales(string name, QuantizationParameters parameters) => Raw<float>(name, DataType.Float, parameters.Scales, parameters.Scales.Length > 1);

    private string Floats(string name, Constant constant) => Raw<float>(name, DataType.Float, constant.Values, [.. constant.Shape]);

    private string Scalar(string name, float value) => Raw<float>(name, DataType.Float, [value]);

    /// <summary>Zero points of symmetric numbers; layers with as many channels share them.</summary>
    private string Zeros(int channels) => Raw<sbyte>($"zeros.{channels}", DataType.Int8, new sbyte[channels], channels > 1);

    private string Raw<T>(string name, DataType type, T[] values, bool isVector = false) where T : unmanaged => Raw<T>(name, type, values, isVector ? [values.Length] : []);

    private string Raw<T>(string name, DataType type, T[] values, int[] shape) where T : unmanaged
    {
        if (proto.Initializer.Any(existing => existing.Name == name)) return name;
        proto.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)type,
            Dims = { shape.Select(size => (long)size) },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)),
        });
        return name;
    }

    private void Emit(string type, string name, IEnumerable<string> inputs, string output, params IEnumerable<AttributeProto> attributes) => Emit(type, name, inputs, [output], attributes);

    private void Emit(string type, string name, IEnumerable<string> inputs, IEnumerable<string> outputs, params IEnumerable<AttributeProto> attributes) =>
        proto.Node.Add(new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { outputs }, Attribute = { attributes } });

    private static AttributeProto[] Window(ConvolutionNode layer) => Window(layer.Kernel, layer.Stride, layer.Padding);

    private static AttributeProto[] Window(int kernel, int stride, int padding) =>
        [Ints("kernel_shape", kernel, kernel), Ints("strides", stride, stride), Ints("pads", padding, padding, padding, padding)];

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, params IEnumerable<long> values) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static ValueInfoProto Value(string name, IReadOnlyList<int> shape) => new()
    {
        Name = name,
        Type = new()
        {
            TensorType = new()
            {
                ElemType = (int)DataType.Float,
                Shape = new()
                {
                    Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" }, shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) },
                },
            },
        },
    };
}
