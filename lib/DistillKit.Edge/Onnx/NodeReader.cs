namespace DistillKit.Edge.Onnx;

/// <summary>Reads <c>NodeProto</c> and <c>AttributeProto</c>.</summary>
internal static class NodeReader
{
    public static OnnxNode Read(ReadOnlyMemory<byte> message)
    {
        var (name, operatorName, domain) = ("", "", "");
        List<string> inputs = [], outputs = [];
        var attributes = new Dictionary<string, OnnxAttribute>();
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: inputs.Add(field.Text); break;
                case 2: outputs.Add(field.Text); break;
                case 3: name = field.Text; break;
                case 4: operatorName = field.Text; break;
                case 5: ReadAttribute(field.Bytes, attributes); break;
                case 7: domain = field.Text; break;
            }
            if (inputs.Count + outputs.Count + attributes.Count > Limits.ItemsOfNode)
                throw WireField.Malformed($"a node has more than {Limits.ItemsOfNode} inputs, outputs and attributes");
        }
        var node = new OnnxNode(operatorName, name, [.. inputs], [.. outputs], attributes);
        return domain is "" or "ai.onnx" ? node
            : throw node.Error($"its operator is of the domain {Wording.Quoted(domain)}, which this engine does not know");
    }

    private static void ReadAttribute(ReadOnlyMemory<byte> message, Dictionary<string, OnnxAttribute> into)
    {
        var name = "";
        var attribute = default(OnnxAttribute);
        var integers = new List<long>();
        foreach (var field in WireField.Of(message))
            switch (field.Number)
            {
                case 1: name = field.Text; break;
                case 2: attribute = attribute with { Single = field.Single }; break;
                case 3: attribute = attribute with { Integer = field.Integer }; break;
                case 4: attribute = attribute with { Text = field.Text }; break;
                case 5: attribute = attribute with { Tensor = TensorReader.Read(field.Bytes) }; break;
                case 8: field.AddTo(integers, Limits.ItemsOfNode); break;
            }
        if (!into.TryAdd(name, attribute with { Integers = [.. integers] }))
            throw WireField.Malformed($"a node has the attribute {Wording.Quoted(name)} twice");
    }
}
