namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>NodeProto</c> and <c>AttributeProto</c>.</summary>
internal static class NodeReader
{
    public static OnnxNode Read(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        var (name, operatorName, domain) = ("", "", "");
        List<string> inputs = [], outputs = [];
        var attributes = new Dictionary<string, OnnxAttribute>();
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: inputs.Add(reader.Text()); break;
                case 2: outputs.Add(reader.Text()); break;
                case 3: name = reader.Text(); break;
                case 4: operatorName = reader.Text(); break;
                case 5: ReadAttribute(reader.Bytes(), attributes); break;
                case 7: domain = reader.Text(); break;
                default: reader.Skip(); break;
            }
            if (inputs.Count + outputs.Count + attributes.Count > Limits.ItemsOfNode)
                throw WireReader.Malformed($"a node has more than {Limits.ItemsOfNode} inputs, outputs and attributes");
        }
        var node = new OnnxNode(operatorName, name, [.. inputs], [.. outputs], attributes);
        return domain is "" or "ai.onnx" ? node : throw node.Error($"its operator is of the domain {Wording.Quoted(domain)}, which this engine does not know");
    }

    private static void ReadAttribute(ReadOnlyMemory<byte> message, Dictionary<string, OnnxAttribute> into)
    {
        var reader = new WireReader(message);
        var name = "";
        var attribute = default(OnnxAttribute);
        var integers = new List<long>();
        while (reader.Next(out var field))
            switch (field)
            {
                case 1: name = reader.Text(); break;
                case 2: attribute = attribute with { Single = reader.Single() }; break;
                case 3: attribute = attribute with { Integer = reader.Integer() }; break;
                case 4: attribute = attribute with { Text = reader.Text() }; break;
                case 8: reader.Integers(integers, Limits.ItemsOfNode); break;
                default: reader.Skip(); break;
            }
        if (!into.TryAdd(name, attribute with { Integers = [.. integers] }))
            throw WireReader.Malformed($"a node has the attribute {Wording.Quoted(name)} twice");
    }
}
