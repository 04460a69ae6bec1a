using System.Runtime.InteropServices;
using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Graphs.Onnx;

/// <summary>Turns the messages of a file that <see cref="OnnxWriter"/> has written into the graph again: the same nodes, and weights rounded as in the file.</summary>
/// <remarks>In a damaged file it runs into whatever is missing or does not fit; <see cref="OnnxFile"/> says so in one way.</remarks>
/// <exception cref="InvalidDataException">The file holds something else.</exception>
internal sealed class OnnxReader(ModelProto model)
{
    private readonly Dictionary<string, TensorProto> initializers = [];
    private readonly Dictionary<string, NodeProto> producers = [];

    /// <summary>The graph's name for each tensor that is a node's result.</summary>
    private readonly Dictionary<string, string> names = [];
    private readonly List<Node> nodes = [];

    public Graph Read()
    {
        var proto = model.Graph ?? throw new InvalidDataException("it is no ONNX file: it holds no graph");
        Require(model.ProducerName == "DistillKit", $"it was written by {(model.ProducerName.Length == 0 ? "another program" : model.ProducerName)}, and only DistillKit's own files can be read back");
        foreach (var tensor in proto.Initializer) initializers[tensor.Name] = tensor;
        Require(proto.Input.Count == 1, "it does not have one input");
        var input = proto.Input[0];
        var shape = input.Type?.TensorType?.Shape?.Dim.Select(dimension => (int)dimension.DimValue).ToArray() ?? [];
        Require(shape is [_, > 0, > 0, var width] && width == shape[2], "its input is not [batch, channels, size, size]");
        Add(input.Name, new InputNode(input.Name, shape[1], shape[2]));
        foreach (var node in proto.Node)
        {
            foreach (var output in node.Output) producers[output] = node;
        }
        foreach (var node in proto.Node) Read(node);
        return new(nodes, model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value));
    }

    private void Read(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Conv":
                AddLayer(node, node.Output[0], Convolution(node, names[node.Input[0]], Weight(node.Input[1]), Bias(node.Input[2])), node.Input[1]);
                break;
            case "Gemm":
                AddLayer(node, node.Output[0], new LinearNode(node.Name, names[node.Input[0]], Weight(node.Input[1]), Bias(node.Input[2])), node.Input[1]);
                break;
            case "ConvInteger":
                AddDynamic(node, (weight, bias) => Convolution(node, DynamicInput(node), weight, bias));
                break;
            case "MatMulInteger":
                AddDynamic(node, (weight, bias) => new LinearNode(node.Name, DynamicInput(node), weight, bias));
                break;
            case "Relu":
                Add(node.Output[0], new ActivationNode(node.Name, names[node.Input[0]], Activation.ReLU));
                break;
            case "Clip" when !node.Name.EndsWith(OnnxWriter.SaturateSuffix, StringComparison.Ordinal):
                Add(node.Output[0], new ActivationNode(node.Name, names[node.Input[0]], Activation.ReLU6));
                break;
            case "Add" when names.ContainsKey(node.Input[1]):
                Add(node.Output[0], new AddNode(node.Name, names[node.Input[0]], names[node.Input[1]]));
                break;
            case "MaxPool":
                Add(node.Output[0], new MaxPoolNode(node.Name, names[node.Input[0]], Integers(node, "kernel_shape"), Integers(node, "strides"), Integers(node, "pads")));
                break;
            case "GlobalAveragePool":
                Add(producers.Values.Single(next => next.OpType == "Flatten" && next.Input[0] == node.Output[0]).Output[0], new GlobalAveragePoolNode(node.Name, names[node.Input[0]]));
                break;
            case "QuantizeLinear":
                Add(producers.Values.Single(next => next.OpType == "DequantizeLinear" && next.Input[0] == node.Output[0]).Output[0], Quantize(node));
                break;
            case "DynamicQuantizeLinear":
                Add(node.Output[0], new QuantizeNode(node.Name, names[node.Input[0]], Parameters: null));
                break;
            case "Flatten" or "DequantizeLinear" or "Clip" or "Cast" or "Mul" or "Add":
                break; // parts of the above
            default:
                throw new InvalidDataException($"it holds the operator {node.OpType}, which no file of DistillKit has");
        }
    }

    private QuantizeNode Quantize(NodeProto node)
    {
        var input = node.Input[0];
        var scale = Numbers(node.Input[1])[0];
        var zeroPoint = initializers[node.Input[2]];
        var isSigned = zeroPoint.DataType == (int)DataType.Int8;
        int zero = isSigned ? (sbyte)zeroPoint.RawData[0] : (int)zeroPoint.RawData[0];
        var bits = 8;
        if (producers.GetValueOrDefault(input) is { OpType: "Clip" } clip && clip.Name == node.Name + OnnxWriter.SaturateSuffix)
        {
            var steps = (Numbers(clip.Input[2])[0] - Numbers(clip.Input[1])[0]) / scale;
            bits = (int)Math.Ceiling(Math.Log2(Math.Round(steps) + 1));
            input = clip.Input[0];
        }
        return new(node.Name, names[input], new() { Bits = bits, IsSigned = isSigned, Scales = [scale], ZeroPoints = [zero] });
    }

    private void AddDynamic(NodeProto node, Func<Constant, Constant?, WeightedNode> layer)
    {
        var rescale = producers.Values.First(next => next.Name == $"{node.Name}.rescale");
        var addBias = producers.Values.FirstOrDefault(next => next.Name == $"{node.Name}.add_bias");
        var scale = producers.Values.First(next => next.Name == $"{node.Name}.scale").Input[1];
        var integers = initializers[node.Input[1]];
        var shape = Shape(integers);
        var values = MemoryMarshal.Cast<byte, sbyte>(integers.RawData.Span).ToArray();
        if (node.OpType == "MatMulInteger")
        {
            values = [.. Enumerable.Range(0, values.Length).Select(index => values[index % shape[0] * shape[1] + index / shape[0]])];
            shape = [shape[1], shape[0]];
        }
        var parameters = WeightParameters(values, Numbers(scale));
        var bias = addBias is null ? null : new Constant(Numbers(addBias.Input[1]), shape[0]);
        Add((addBias ?? rescale).Output[0], layer(new(Dequantize(values, parameters), shape), bias) with { WeightQuantization = parameters });
    }

    private string DynamicInput(NodeProto node) => names[node.Input[0]];

    private ConvolutionNode Convolution(NodeProto node, string input, Constant weight, Constant? bias) =>
        new(node.Name, input, weight, bias, Integers(node, "strides"), Integers(node, "pads"), Integers(node, "group"));

    private void AddLayer(NodeProto node, string output, WeightedNode layer, string weight) =>
        Add(output, producers.ContainsKey(weight) ? layer with { WeightQuantization = WeightParameters(SignedBytes(producers[weight].Input[0]), Numbers(producers[weight].Input[1])) } : layer);

    private Constant Weight(string name)
    {
        if (initializers.TryGetValue(name, out var floats)) return new(Numbers(name), Shape(floats));
        var dequantize = producers[name];
        var values = SignedBytes(dequantize.Input[0]);
        return new(Dequantize(values, WeightParameters(values, Numbers(dequantize.Input[1]))), Shape(initializers[dequantize.Input[0]]));
    }

    private Constant Bias(string name)
    {
        if (initializers.TryGetValue(name, out var floats)) return new(Numbers(name), Shape(floats));
        var dequantize = producers[name];
        var integers = MemoryMarshal.Cast<byte, int>(initializers[dequantize.Input[0]].RawData.Span);
        var values = BiasQuantization.Dequantize(integers, inputScale: 1, Numbers(dequantize.Input[1]));
        return new(values, values.Length);
    }

    /// <summary>A file keeps narrow weights as 8-bit integers; the fewest bits that hold them are as good a description.</summary>
    private static QuantizationParameters WeightParameters(sbyte[] values, float[] scales)
    {
        var largest = values.Max(value => Math.Abs((int)value));
        var bits = Enumerable.Range(2, 7).First(count => largest <= (1 << (count - 1)) - 1 || count == 8);
        return new() { Bits = bits, IsSigned = true, IsSymmetric = true, Scales = scales, ZeroPoints = new int[scales.Length] };
    }

    private static float[] Dequantize(sbyte[] values, QuantizationParameters parameters)
    {
        var perChannel = values.Length / parameters.Scales.Length;
        return [.. values.Select((value, index) => value * parameters.Scales[index / perChannel])];
    }

    private sbyte[] SignedBytes(string name) => MemoryMarshal.Cast<byte, sbyte>(initializers[name].RawData.Span).ToArray();

    private float[] Numbers(string name) => MemoryMarshal.Cast<byte, float>(initializers[name].RawData.Span).ToArray();

    private static int[] Shape(TensorProto tensor) => [.. tensor.Dims.Select(size => checked((int)size))];

    private static int Integers(NodeProto node, string name)
    {
        var attribute = node.Attribute.First(candidate => candidate.Name == name);
        return (int)(attribute.Ints.Count > 0 ? attribute.Ints[0] : attribute.I);
    }

    private void Add(string tensor, Node node)
    {
        names[tensor] = node.Name;
        nodes.Add(node);
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds) throw new InvalidDataException(problem);
    }
}
