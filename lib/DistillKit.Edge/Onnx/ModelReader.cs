namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>ModelProto</c> and <c>GraphProto</c> (field numbers as in onnx.proto).</summary>
internal static class ModelReader
{
    private const int OldestOperatorSet = 13, NewestOperatorSet = 21;

    /// <exception cref="EdgeException">The bytes are no ONNX model, or one with parts that this engine does not know.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> file)
    {
        var reader = new WireReader(file);
        ReadOnlyMemory<byte>? graph = null;
        var (version, operatorSet) = (0L, 0L);
        var metadata = new Dictionary<string, string>();
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: version = reader.Integer(); break;
                case 7: graph = graph is null ? reader.Bytes() : throw WireReader.Malformed("it has two graphs"); break;
                case 8: operatorSet = Math.Max(operatorSet, OperatorSet(reader.Bytes())); break;
                case 14: ReadMetadata(reader.Bytes(), metadata); break;
                case 25: throw WireReader.Malformed("it defines functions, which this engine does not know");
                default: reader.Skip(); break;
            }
        if (version < 1 || graph is null)
            throw WireReader.Malformed("it has no version or no graph");
        if (operatorSet is < OldestOperatorSet or > NewestOperatorSet)
            throw new EdgeException($"The model uses operator set {operatorSet}; this engine knows {OldestOperatorSet} to {NewestOperatorSet}. Export it with opset 17.");
        return ReadGraph(graph.Value) with { Metadata = metadata };
    }

    private static OnnxModel ReadGraph(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var nodes = new List<OnnxNode>();
        var initializers = new Dictionary<string, OnnxTensor>();
        List<OnnxValue> inputs = [], outputs = [];
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: nodes.Add(NodeReader.Read(reader.Bytes())); break;
                case 5: Add(initializers, TensorReader.Read(reader.Bytes())); break;
                case 11: inputs.Add(ReadValue(reader.Bytes())); break;
                case 12: outputs.Add(ReadValue(reader.Bytes())); break;
                case 15: throw WireReader.Malformed("it has sparse initializers, which this engine does not know");
                default: reader.Skip(); break;
            }
            if (nodes.Count > Limits.Nodes || initializers.Count > Limits.Initializers || inputs.Count + outputs.Count > Limits.Initializers)
                throw new EdgeException($"The model has more than {Limits.Nodes} nodes or {Limits.Initializers} initializers. Run it with ONNX Runtime.");
        }
        // Old files name their initializers among the inputs too.
        inputs.RemoveAll(input => initializers.ContainsKey(input.Name));
        return new(nodes, initializers, inputs, outputs, new Dictionary<string, string>());
    }

    private static void Add(Dictionary<string, OnnxTensor> initializers, OnnxTensor tensor)
    {
        if (!initializers.TryAdd(tensor.Name, tensor))
            throw tensor.Error("exists twice");
    }

    /// <returns>The version of the default domain's operators; 0 for another domain, whose operators are refused one by one.</returns>
    private static long OperatorSet(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var (domain, version) = ("", 0L);
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: domain = reader.Text(); break;
                case 2: version = reader.Integer(); break;
                default: reader.Skip(); break;
            }
        return domain is "" or "ai.onnx" ? version : 0;
    }

    private static void ReadMetadata(ReadOnlyMemory<byte> message, Dictionary<string, string> into)
    {
        var reader = new WireReader(message);
        var (key, value) = ("", "");
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: key = reader.Text(); break;
                case 2: value = reader.Text(); break;
                default: reader.Skip(); break;
            }
        into[key] = value;
    }

    /// <summary>Reads <c>ValueInfoProto</c>, its <c>TypeProto</c> and that one's <c>Tensor</c>, each the only part of the one before that matters.</summary>
    private static OnnxValue ReadValue(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var name = "";
        var value = new OnnxValue("", 0, null);
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: name = reader.Text(); break;
                case 2: value = ReadType(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        return value with { Name = name };
    }

    private static OnnxValue ReadType(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var value = new OnnxValue("", 0, null);
        while (reader.Next(out var field))
            if (field == 1)
                value = ReadTensorType(reader.Bytes());
            else
                reader.Skip();
        return value;
    }

    private static OnnxValue ReadTensorType(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var value = new OnnxValue("", 0, null);
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: value = value with { Type = (ElementType)Math.Clamp(reader.Integer(), 0, int.MaxValue) }; break;
                case 2: value = value with { Shape = ReadShape(reader.Bytes()) }; break;
                default: reader.Skip(); break;
            }
        return value;
    }

    private static int[] ReadShape(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var dimensions = new List<int>();
        while (reader.Next(out var field))
            if (field == 1 && dimensions.Count < 8)
                dimensions.Add(ReadDimension(reader.Bytes()));
            else
                reader.Skip();
        return [.. dimensions];
    }

    private static int ReadDimension(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var extent = -1L;
        while (reader.Next(out var field))
            if (field == 1)
                extent = Math.Clamp(reader.Integer(), 0, int.MaxValue);
            else
                reader.Skip();
        return (int)extent;
    }
}
