using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Graphs.Onnx;

/// <summary>Turns the messages of a file that <see cref="OnnxWriter"/> has written into the graph again: the same nodes, and weights
/// rounded as in the file. It looks only at what it needs: what is missing in a damaged file it runs into, and whatever else is not as it
/// should be shows when the graph is written again and compared with the file.</summary>
/// <exception cref="InvalidDataException">The file holds something else.</exception>
internal sealed class OnnxReader(ModelProto model)
{
    private readonly Dictionary<string, TensorProto> initializers = [];
    private readonly Dictionary<string, NodeProto> producers = [];

    /// <summary>The graph's name for each tensor that is a node's result.</summary>
    private readonly Dictionary<string, string> names = [];
    private readonly List<Node> nodes = [];
    private ILookup<string, NodeProto> consumers = null!;
    private Dictionary<string, NodeProto> byName = null!;

    public Graph Read()
    {
        var proto = model.Graph ?? throw new InvalidDataException("it is no ONNX file: it holds no graph");
        var producer = model.ProducerName.Length == 0 ? "another program" : model.ProducerName;
        Require(producer == "DistillKit", $"it was written by {producer}, and only DistillKit's own files can be read back");
        foreach (var tensor in proto.Initializer) initializers.Add(tensor.Name, tensor);
        foreach (var (node, output) in proto.Node.SelectMany(node => node.Output, (node, output) => (node, output)))
            producers.Add(output, node);
        consumers = proto.Node.Where(node => node.Input.Count > 0).ToLookup(node => node.Input[0]);
        byName = proto.Node.ToDictionary(node => node.Name);
        Require(proto.Input.Count == 1, "it does not have one input");
        var input = proto.Input[0];
        var shape = input.Type?.TensorType?.Shape?.Dim.Select(dimension => (int)dimension.DimValue).ToArray() ?? [];
        Require(shape is [_, > 0, > 0, var width] && width == shape[2], "its input is not [batch, channels, size, size]");
        Add(input.Name, new InputNode(input.Name, shape[1], shape[2]));
        foreach (var node in proto.Node)
        {
            if (Read(node) is var (tensor, made)) Add(tensor, made);
        }
        var graph = new Graph(nodes, model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value));
        RequireSame(new OnnxWriter(graph).Write());
        return graph;
    }

    /// <summary>A node and the tensor with its result; null for an operator that is part of another node.</summary>
    private (string Tensor, Node Node)? Read(NodeProto node)
    {
        var (name, output) = (node.Name, node.Output[0]);
        return node.OpType switch
        {
            "Conv" or "Gemm" => Layer(node),
            "ConvInteger" or "MatMulInteger" => DynamicLayer(node),
            "Relu" => (output, new ActivationNode(name, Input(node), Activation.ReLU)),
            "Clip" when !name.EndsWith(OnnxWriter.SaturateSuffix, StringComparison.Ordinal) =>
                (output, new ActivationNode(name, Input(node), Activation.ReLU6)),
            "Add" when names.TryGetValue(node.Input[1], out var right) => (output, new AddNode(name, Input(node), right)),
            "MaxPool" => (output, new MaxPoolNode(
                name, Input(node), Integer(node, "kernel_shape"), Integer(node, "strides"), Integer(node, "pads"))),
            "GlobalAveragePool" => (After(output, "Flatten"), new GlobalAveragePoolNode(name, Input(node))),
            "QuantizeLinear" => (After(output, "DequantizeLinear"), Quantize(node)),
            "DynamicQuantizeLinear" => (output, new QuantizeNode(name, Input(node), Parameters: null)),
            "Flatten" or "DequantizeLinear" or "Clip" or "Cast" or "Mul" or "Add" => null,
            var other => throw new InvalidDataException($"it holds the operator {other}, which no file of DistillKit has"),
        };
    }

    /// <summary>The result of the operator that completes this one's.</summary>
    private string After(string tensor, string type) => consumers[tensor].Single(next => next.OpType == type).Output[0];

    private QuantizeNode Quantize(NodeProto node)
    {
        var (input, scale, zeroPoint) = (node.Input[0], Scales(node.Input[1])[0], initializers[node.Input[2]]);
        var isSigned = zeroPoint.DataType == (int)DataType.Int8;
        int zero = isSigned ? (sbyte)zeroPoint.RawData[0] : (int)zeroPoint.RawData[0];
        var scheme = new QuantizationScheme(IsSigned: isSigned);
        if (producers.GetValueOrDefault(input) is { OpType: "Clip" } clip && clip.Name == node.Name + OnnxWriter.SaturateSuffix)
        {
            var (minimum, maximum) = (Numbers(clip.Input[1])[0], Numbers(clip.Input[2])[0]);
            var bits = (int)Math.Ceiling(Math.Log2(Math.Round((maximum - minimum) / scale) + 1));
            scheme = new(bits, isSigned, IsSymmetric: isSigned && zero == 0 && minimum == -maximum);
            scheme.Validate();
            input = clip.Input[0];
        }
        var isInteger = zero >= scheme.Minimum && zero <= scheme.Maximum;
        Require(isInteger, $"'{node.Name}' has the zero point {zero}, which is none of its integers");
        return new(node.Name, names[input], new(scheme, [scale], [zero]));
    }

    private string Input(NodeProto node) => names[node.Input[0]];

    /// <summary>A layer whose weight is an initializer, or integers with their scales.</summary>
    private (string, Node) Layer(NodeProto node)
    {
        var bias = Bias(node.Input[2]);
        if (!producers.TryGetValue(node.Input[1], out var dequantize)) return (node.Output[0], Layer(node, Floats(node.Input[1]), bias));
        return (node.Output[0], Rounded(node, IntegerWeight(dequantize.Input[0]), dequantize.Input[1], bias));
    }

    private (string, Node) DynamicLayer(NodeProto node)
    {
        var (rescale, addBias) = (byName[$"{node.Name}.rescale"], byName.GetValueOrDefault($"{node.Name}.add_bias"));
        var (shape, values) = IntegerWeight(node.Input[1]);
        if (node.OpType == "MatMulInteger") (values, shape) = (OnnxWriter.Transpose(values, shape[1]), [shape[1], shape[0]]);
        var bias = addBias is null ? null : new Constant(Numbers(addBias.Input[1]), shape[0]);
        return ((addBias ?? rescale).Output[0], Rounded(node, (shape, values), byName[$"{node.Name}.scale"].Input[1], bias));
    }

    private WeightedNode Rounded(NodeProto node, (int[] Shape, sbyte[] Values) weight, string scale, Constant? bias)
    {
        // A file keeps narrow weights as 8-bit integers; the fewest bits that hold them are as good a description.
        var (largest, scales) = (weight.Values.Max(value => Math.Abs((int)value)), Scales(scale));
        var bits = Enumerable.Range(2, 7).First(count => largest <= (1 << (count - 1)) - 1 || count == 8);
        var parameters = new QuantizationParameters(QuantizationScheme.Weights with { Bits = bits }, scales, new int[scales.Length]);
        var values = new float[weight.Values.Length];
        parameters.Dequantize<sbyte>(weight.Values, values);
        return Layer(node, new(values, weight.Shape), bias) with { WeightQuantization = parameters };
    }

    private WeightedNode Layer(NodeProto node, Constant weight, Constant? bias) => node.OpType is "Conv" or "ConvInteger"
        ? new ConvNode(node.Name, Input(node), weight, bias, Integer(node, "strides"), Integer(node, "pads"), Integer(node, "group"))
        : new GemmNode(node.Name, Input(node), weight, bias);

    private (int[] Shape, sbyte[] Values) IntegerWeight(string name) => (Shape(initializers[name]), Raw<sbyte>(name));

    private Constant Bias(string name)
    {
        if (initializers.ContainsKey(name)) return Floats(name);
        var dequantize = producers[name];
        var (integers, scales) = (Raw<int>(dequantize.Input[0]), Scales(dequantize.Input[1]));
        return new([.. integers.Select((steps, channel) => steps * scales[scales.Length == 1 ? 0 : channel])], integers.Length);
    }

    private Constant Floats(string name) => new(Numbers(name), Shape(initializers[name]));

    /// <exception cref="InvalidDataException">One is not positive, or its integers would not be finite numbers.</exception>
    private float[] Scales(string name)
    {
        var scales = Numbers(name);
        var isUsual = scales.All(scale => scale > 0 && float.IsFinite(scale * 512));
        Require(isUsual, $"a scale in '{name}' is not a positive number of usual size");
        return scales;
    }

    private float[] Numbers(string name)
    {
        var numbers = Raw<float>(name);
        Require(numbers.All(float.IsFinite), $"'{name}' holds a number that is not finite");
        return numbers;
    }

    private T[] Raw<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(initializers[name].RawData.Span).ToArray();

    private static int[] Shape(TensorProto tensor) => [.. tensor.Dims.Select(size => checked((int)size))];

    private static int Integer(NodeProto node, string name)
    {
        var attribute = node.Attribute.First(candidate => candidate.Name == name);
        return checked((int)(attribute.Ints.Count > 0 ? attribute.Ints[0] : attribute.I));
    }

    private void Add(string tensor, Node node)
    {
        names.Add(tensor, node.Name);
        nodes.Add(node);
    }

    /// <summary>Compares the file with what the graph is written as, but for the integers of biases, which may be rounded.</summary>
    private void RequireSame(ModelProto expected)
    {
        OnnxWriter.ShortenTensorNames(model.Graph);
        foreach (var (tensor, own) in model.Graph.Initializer.Zip(expected.Graph.Initializer))
        {
            var isBias = own.DataType == (int)DataType.Int32 && tensor.RawData.Length == own.RawData.Length;
            if (isBias) own.RawData = tensor.RawData;
            Require(own.Equals(tensor), $"the numbers '{tensor.Name}' are not as DistillKit writes them");
        }
        foreach (var (node, own) in model.Graph.Node.Zip(expected.Graph.Node))
            Require(own.Equals(node), $"the operator '{node.Name}' ({node.OpType}) is not as DistillKit writes it");
        Require(expected.Graph.Equals(model.Graph), "it holds more or less than DistillKit writes");
        Require(expected.OpsetImport.Equals(model.OpsetImport), $"it is not in operator set {OnnxWriter.OperatorSet}");
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds) throw new InvalidDataException(problem);
    }
}
