using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Graphs.Onnx;

/// <summary>Turns the messages of a file that <see cref="OnnxWriter"/> has written into the graph again: the same nodes, and weights
/// rounded as in the file.</summary>
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
        var producer = model.ProducerName.Length == 0 ? "another program" : model.ProducerName;
        Require(producer == "DistillKit", $"it was written by {producer}, and only DistillKit's own files can be read back");
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
        var (name, output) = (node.Name, node.Output[0]);
        switch (node.OpType)
        {
            case "Conv":
                AddLayer(node, (weight, bias) => Conv(node, weight, bias));
                break;
            case "Gemm":
                AddLayer(node, (weight, bias) => new GemmNode(name, Input(node), weight, bias));
                break;
            case "ConvInteger":
                AddDynamic(node, (weight, bias) => Conv(node, weight, bias));
                break;
            case "MatMulInteger":
                AddDynamic(node, (weight, bias) => new GemmNode(name, Input(node), weight, bias));
                break;
            case "Relu":
                Add(output, new ActivationNode(name, Input(node), Activation.ReLU));
                break;
            case "Clip" when !name.EndsWith(OnnxWriter.SaturateSuffix, StringComparison.Ordinal):
                Add(output, new ActivationNode(name, Input(node), Activation.ReLU6));
                break;
            case "Add" when names.ContainsKey(node.Input[1]):
                Add(output, new AddNode(name, Input(node), names[node.Input[1]]));
                break;
            case "MaxPool":
                var (kernel, stride, padding) = (Integer(node, "kernel_shape"), Integer(node, "strides"), Integer(node, "pads"));
                Add(output, new MaxPoolNode(name, Input(node), kernel, stride, padding));
                break;
            case "GlobalAveragePool":
                Add(After(output, "Flatten"), new GlobalAveragePoolNode(name, Input(node)));
                break;
            case "QuantizeLinear":
                Add(After(output, "DequantizeLinear"), Quantize(node));
                break;
            case "DynamicQuantizeLinear":
                Add(output, new QuantizeNode(name, Input(node), Parameters: null));
                break;
            case "Flatten" or "DequantizeLinear" or "Clip" or "Cast" or "Mul" or "Add":
                break; // parts of the above
            default:
                throw new InvalidDataException($"it holds the operator {node.OpType}, which no file of DistillKit has");
        }
    }

    /// <summary>The result of the operator that completes this one's.</summary>
    private string After(string tensor, string type) =>
        producers.Values.Single(next => next.OpType == type && next.Input[0] == tensor).Output[0];

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
        return new(node.Name, names[input], new(new(bits, isSigned), [scale], [zero]));
    }

    private string Input(NodeProto node) => names[node.Input[0]];

    private ConvNode Conv(NodeProto node, Constant weight, Constant? bias) =>
        new(node.Name, Input(node), weight, bias, Integer(node, "strides"), Integer(node, "pads"), Integer(node, "group"));

    /// <summary>Adds a layer whose weight is an initializer, or integers with their scales.</summary>
    private void AddLayer(NodeProto node, Func<Constant, Constant?, WeightedNode> layer)
    {
        var bias = Bias(node.Input[2]);
        if (producers.TryGetValue(node.Input[1], out var dequantize))
            AddLayer(node.Output[0], layer, IntegerWeight(dequantize.Input[0]), Numbers(dequantize.Input[1]), bias);
        else Add(node.Output[0], layer(Floats(node.Input[1]), bias));
    }

    private void AddDynamic(NodeProto node, Func<Constant, Constant?, WeightedNode> layer)
    {
        var rescale = producers.Values.First(next => next.Name == $"{node.Name}.rescale");
        var addBias = producers.Values.FirstOrDefault(next => next.Name == $"{node.Name}.add_bias");
        var scale = producers.Values.First(next => next.Name == $"{node.Name}.scale").Input[1];
        var (shape, values) = IntegerWeight(node.Input[1]);
        if (node.OpType == "MatMulInteger")
            (values, shape) = (OnnxWriter.Transpose(values, shape[1]), [shape[1], shape[0]]);
        var bias = addBias is null ? null : new Constant(Numbers(addBias.Input[1]), shape[0]);
        AddLayer((addBias ?? rescale).Output[0], layer, (shape, values), Numbers(scale), bias);
    }

    private void AddLayer(
        string output, Func<Constant, Constant?, WeightedNode> layer, (int[] Shape, sbyte[] Values) weight, float[] scales, Constant? bias)
    {
        // A file keeps narrow weights as 8-bit integers; the fewest bits that hold them are as good a description.
        var largest = weight.Values.Max(value => Math.Abs((int)value));
        var bits = Enumerable.Range(2, 7).First(count => largest <= (1 << (count - 1)) - 1 || count == 8);
        var parameters = new QuantizationParameters(QuantizationScheme.Weights with { Bits = bits }, scales, new int[scales.Length]);
        var values = new float[weight.Values.Length];
        parameters.Dequantize<sbyte>(weight.Values, values);
        Add(output, layer(new(values, weight.Shape), bias) with { WeightQuantization = parameters });
    }

    private (int[] Shape, sbyte[] Values) IntegerWeight(string name) => (Shape(initializers[name]), Raw<sbyte>(name));

    private Constant Bias(string name)
    {
        if (initializers.ContainsKey(name)) return Floats(name);
        var dequantize = producers[name];
        var (integers, scales) = (Raw<int>(dequantize.Input[0]), Numbers(dequantize.Input[1]));
        return new([.. integers.Select((steps, channel) => steps * scales[scales.Length == 1 ? 0 : channel])], integers.Length);
    }

    private Constant Floats(string name) => new(Numbers(name), Shape(initializers[name]));

    private float[] Numbers(string name) => Raw<float>(name);

    private T[] Raw<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(initializers[name].RawData.Span).ToArray();

    private static int[] Shape(TensorProto tensor) => [.. tensor.Dims.Select(size => checked((int)size))];

    private static int Integer(NodeProto node, string name)
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
