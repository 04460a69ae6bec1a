namespace DistillKit.Edge.Onnx;

/// <summary>Far above what any network for this engine needs, and low enough that a hostile file cannot exhaust memory.</summary>
internal static class Limits
{
    public const int FileBytes = 1 << 30;
    public const int Nodes = 20_000;
    public const int Initializers = 40_000;
    public const int ItemsOfNode = 64;
    public const int Metadata = 1000;
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
            using var stream = File.OpenRead(path);
            if (stream.Length > Limits.FileBytes)
                throw new EdgeException($"The file {Wording.Quoted(path)} has {stream.Length >> 20} MiB, "
                    + $"more than the {Limits.FileBytes >> 20} MiB this engine reads. Is it a model?");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
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
                case 14 when metadata.Count < Limits.Metadata:
                    metadata[WireField.Find(field.Bytes, 1)?.Text ?? ""] = WireField.Find(field.Bytes, 2)?.Text ?? "";
                    break;
                case 25: throw WireField.Malformed("it defines functions, which this engine does not know");
            }
        if (version < 1 || graph is null)
            throw WireField.Malformed("it has no version or no graph");
        if (operatorSet is < OldestOperatorSet or > NewestOperatorSet)
            throw new EdgeException($"The model uses operator set {operatorSet}; "
                + $"this engine knows {OldestOperatorSet} to {NewestOperatorSet}. Export it with opset 17.");
        return ReadGraph(graph.Value, metadata, file.Length);
    }

    private static OnnxGraph ReadGraph(ReadOnlyMemory<byte> message, Dictionary<string, string> metadata, long fileBytes)
    {
        var nodes = new List<OnnxNode>();
        var initializers = new Dictionary<string, OnnxTensor>();
        List<OnnxValue> inputs = [], outputs = [];
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: nodes.Add(NodeReader.Read(field.Bytes)); break;
                case 5 when TensorReader.Read(field.Bytes) is var tensor:
                    if (!initializers.TryAdd(tensor.Name, tensor))
                        throw tensor.Error("exists twice");
                    break;
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
        return new(nodes, initializers, inputs, outputs, metadata, fileBytes);
    }

    /// <returns>The version of the default domain's operators; 0 for another domain, whose operators are refused one by one.</returns>
    private static long OperatorSet(ReadOnlyMemory<byte> message) =>
        (WireField.Find(message, 1)?.Text ?? "") is "" or "ai.onnx" ? WireField.Find(message, 2)?.Integer ?? 0 : 0;

    /// <summary>Reads <c>ValueInfoProto</c>, through its <c>TypeProto</c> and that one's <c>Tensor</c>.</summary>
    private static OnnxValue ReadValue(ReadOnlyMemory<byte> message)
    {
        var tensor = WireField.Find(WireField.Find(message, 2)?.Bytes, 1)?.Bytes;
        var type = (ElementType)Math.Clamp(WireField.Find(tensor, 1)?.Integer ?? 0, 0, int.MaxValue);
        int[]? shape = WireField.Find(tensor, 2) is not { } dimensions ? null
            : [.. WireField.Of(dimensions.Bytes).Where(field => field.Number == 1).Take(OnnxTensor.MostDimensions).Select(Extent)];
        return new(WireField.Find(message, 1)?.Text ?? "", type, shape);
    }

    private static int Extent(WireField dimension) =>
        WireField.Find(dimension.Bytes, 1)?.Integer is { } extent ? (int)Math.Clamp(extent, 0, int.MaxValue) : -1;
}
