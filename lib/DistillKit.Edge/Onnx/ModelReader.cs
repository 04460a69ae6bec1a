namespace DistillKit.Edge.Onnx;

/// <summary>Far above what any network for this engine needs, and low enough that a hostile file cannot exhaust memory.</summary>
internal static class Limits
{
    public const int FileBytes = 1 << 30;
    public const int Nodes = 20_000;
    public const int Initializers = 40_000;
    public const int ItemsOfNode = 64;
}

/// <summary>Reads <c>ModelProto</c> and <c>GraphProto</c> (field numbers as in onnx.proto).</summary>
internal static class ModelReader
{
    private const int OldestOperatorSet = 13, NewestOperatorSet = 21;

    /// <summary>Reads a whole file, if it has a size that a model can have.</summary>
    public static byte[] ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= Limits.FileBytes ? File.ReadAllBytes(path)
                : throw new EdgeException($"The file {Wording.Quoted(path)} has {length >> 20} MiB, "
                    + $"more than the {Limits.FileBytes >> 20} MiB this engine reads. Is it a model?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var what = File.Exists(path) ? "cannot be read" : "does not exist";
            throw new EdgeException($"The file {Wording.Quoted(path)} {what}. Give the path of an ONNX file.", e);
        }
    }

    /// <exception cref="EdgeException">The bytes are no ONNX model, or one with parts that this engine does not know.</exception>
    public static OnnxGraph Read(ReadOnlyMemory<byte> file)
    {
        ReadOnlyMemory<byte>? graph = null;
        var (version, operatorSet) = (0L, 0L);
        var metadata = new Dictionary<string, string>();
        foreach (var field in WireField.Of(file))
            switch (field.Number)
            {
                case 1: version = field.Integer; break;
                case 7: graph = graph is null ? field.Bytes : throw WireField.Malformed("it has two graphs"); break;
                case 8: operatorSet = Math.Max(operatorSet, OperatorSet(field.Bytes)); break;
                case 14: ReadMetadata(field.Bytes, metadata); break;
                case 25: throw WireField.Malformed("it defines functions, which this engine does not know");
            }
        if (version < 1 || graph is null)
            throw WireField.Malformed("it has no version or no graph");
        if (operatorSet is < OldestOperatorSet or > NewestOperatorSet)
            throw new EdgeException($"The model uses operator set {operatorSet}; "
                + $"this engine knows {OldestOperatorSet} to {NewestOperatorSet}. Export it with opset 17.");
        return ReadGraph(graph.Value, metadata);
    }

    private static OnnxGraph ReadGraph(ReadOnlyMemory<byte> message, Dictionary<string, string> metadata)
    {
        var nodes = new List<OnnxNode>();
        var initializers = new Dictionary<string, OnnxTensor>();
        List<OnnxValue> inputs = [], outputs = [];
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: nodes.Add(NodeReader.Read(field.Bytes)); break;
                case 5: Add(initializers, TensorReader.Read(field.Bytes)); break;
                case 11: inputs.Add(ReadValue(field.Bytes)); break;
                case 12: outputs.Add(ReadValue(field.Bytes)); break;
                case 15: throw WireField.Malformed("it has sparse initializers, which this engine does not know");
            }
            if (nodes.Count > Limits.Nodes || Math.Max(initializers.Count, inputs.Count + outputs.Count) > Limits.Initializers)
                throw new EdgeException($"The model has more than {Limits.Nodes} nodes or {Limits.Initializers} initializers. "
                    + "Run it with ONNX Runtime.");
        }
        // Old files name their initializers among the inputs too.
        inputs.RemoveAll(input => initializers.ContainsKey(input.Name));
        return new(nodes, initializers, inputs, outputs, metadata);
    }

    private static void Add(Dictionary<string, OnnxTensor> initializers, OnnxTensor tensor)
    {
        if (!initializers.TryAdd(tensor.Name, tensor))
            throw tensor.Error("exists twice");
    }

    /// <returns>The version of the default domain's operators; 0 for another domain, whose operators are refused one by one.</returns>
    private static long OperatorSet(ReadOnlyMemory<byte> message)
    {
        var (domain, version) = ("", 0L);
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: domain = field.Text; break;
                case 2: version = field.Integer; break;
            }
        return domain is "" or "ai.onnx" ? version : 0;
    }

    private static void ReadMetadata(ReadOnlyMemory<byte> message, Dictionary<string, string> into)
    {
        var (key, value) = ("", "");
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: key = field.Text; break;
                case 2: value = field.Text; break;
            }
        into[key] = value;
    }

    /// <summary>Reads <c>ValueInfoProto</c>, through its <c>TypeProto</c> and that one's <c>Tensor</c>.</summary>
    private static OnnxValue ReadValue(ReadOnlyMemory<byte> message)
    {
        var name = "";
        var value = new OnnxValue("", 0, null);
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: name = field.Text; break;
                case 2: value = ReadType(field.Bytes); break;
            }
        return value with { Name = name };
    }

    private static OnnxValue ReadType(ReadOnlyMemory<byte> message)
    {
        var value = new OnnxValue("", 0, null);
        foreach (var tensor in WireField.Of(message).Where(field => field.Number == 1))
        {
            value = new("", 0, null);
            foreach (var field in WireField.Of(tensor.Bytes))
                switch (field.Number)
                {
                    case 1: value = value with { Type = (ElementType)Math.Clamp(field.Integer, 0, int.MaxValue) }; break;
                    case 2: value = value with { Shape = ReadShape(field.Bytes) }; break;
                }
        }
        return value;
    }

    private static int[] ReadShape(ReadOnlyMemory<byte> message) =>
        [.. WireField.Of(message).Where(field => field.Number == 1).Take(OnnxTensor.MostDimensions)
            .Select(field => ReadDimension(field.Bytes))];

    private static int ReadDimension(ReadOnlyMemory<byte> message)
    {
        var extent = -1L;
        foreach (var field in WireField.Of(message).Where(field => field.Number == 1))
            extent = Math.Clamp(field.Integer, 0, int.MaxValue);
        return (int)extent;
    }
}
