using DistillKit.Graphs.Onnx;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Tests.Shared.Fuzzing;

/// <summary>Changes a model in ways that stay valid protobuf: what a buggy or hostile exporter would write.</summary>
internal static class OnnxMutations
{
    private static readonly string[] Operators =
        ["Conv", "Gemm", "MatMul", "Relu", "Clip", "Add", "MaxPool", "GlobalAveragePool", "Flatten", "Identity", "QuantizeLinear",
        "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "Cast", "Mul", "Softmax", ""];

    /// <summary>Changes a few places of a sound model.</summary>
    public static byte[] Apply(Random random, byte[] file)
    {
        var model = ModelProto.Parser.ParseFrom(file);
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
            Once(random, model.Graph, model);
        return model.ToByteArray();
    }

    private static void Once(Random random, GraphProto graph, ModelProto model)
    {
        switch (random.Next(12))
        {
            case 0: Extent(random, graph); break;
            case 1: Attribute(random, Pick(random, graph.Node)); break;
            case 2: Rename(random, Pick(random, graph.Node)?.Input, graph); break;
            case 3: Rename(random, Pick(random, graph.Node)?.Output, graph); break;
            case 4: Drop(random, graph.Node); break;
            case 5: Drop(random, graph.Initializer); break;
            case 6: Swap(random, graph.Node); break;
            case 7: Data(random, Pick(random, graph.Initializer)); break;
            case 8: Scale(random, graph); break;
            case 9 when Pick(random, graph.Node) is { } node: node.OpType = Operators[random.Next(Operators.Length)]; break;
            case 10 when Pick(random, graph.Node) is { } node: Resize(random, node); break;
            default: Border(random, graph, model); break;
        }
    }

    private static T? Pick<T>(Random random, RepeatedField<T> items) where T : class =>
        items.Count == 0 ? null : items[random.Next(items.Count)];

    private static void Extent(Random random, GraphProto graph)
    {
        if (Pick(random, graph.Initializer) is { Dims.Count: > 0 } tensor)
            tensor.Dims[random.Next(tensor.Dims.Count)] = OddNumbers.Integer(random);
    }

    private static void Attribute(Random random, NodeProto? node)
    {
        if (node is null || Pick(random, node.Attribute) is not { } attribute)
            return;
        if (attribute.Ints.Count > 0 && random.Next(4) > 0)
            attribute.Ints[random.Next(attribute.Ints.Count)] = OddNumbers.Integer(random);
        else if (random.Next(3) == 0)
            attribute.Ints.Add(OddNumbers.Integer(random));
        else if (random.Next(4) == 0)
            attribute.Name = "auto_pad";
        else
            attribute.I = OddNumbers.Integer(random);
    }

    private static void Rename(Random random, RepeatedField<string>? names, GraphProto graph)
    {
        if (names is not { Count: > 0 })
            return;
        var other = Pick(random, graph.Node);
        names[random.Next(names.Count)] = random.Next(4) switch
        {
            0 => "",
            1 => "line\nbreak\u2028" + new string('x', 1000),
            2 when Pick(random, graph.Initializer) is { } tensor => tensor.Name,
            _ => other is { Output.Count: > 0 } ? other.Output[0] : "nowhere",
        };
    }

    private static void Drop<T>(Random random, RepeatedField<T> items)
    {
        if (items.Count > 0)
            items.RemoveAt(random.Next(items.Count));
    }

    private static void Swap(Random random, RepeatedField<NodeProto> nodes)
    {
        if (nodes.Count < 2)
            return;
        var (i, j) = (random.Next(nodes.Count), random.Next(nodes.Count));
        (nodes[i], nodes[j]) = (nodes[j], nodes[i]);
    }

    private static void Data(Random random, TensorProto? tensor)
    {
        if (tensor is null)
            return;
        if (random.Next(2) == 0)
            tensor.RawData = ByteString.CopyFrom(new byte[random.Next(40)]);
        else
            tensor.DataType = random.Next(2) == 0 ? random.Next(12) : (int)OddNumbers.Integer(random);
    }

    private static void Scale(Random random, GraphProto graph)
    {
        float[] odd = [0, -1, float.NaN, float.PositiveInfinity, float.Epsilon, float.MaxValue, 1e-30f, 1e30f];
        if (graph.Initializer.Where(tensor => tensor.DataType == 1 && tensor.HasRawData).ToList() is { Count: > 0 } tensors)
        {
            var tensor = tensors[random.Next(tensors.Count)];
            var bytes = tensor.RawData.ToByteArray();
            if (bytes.Length >= 4)
                BitConverter.TryWriteBytes(bytes.AsSpan(random.Next(bytes.Length / 4) * 4), odd[random.Next(odd.Length)]);
            tensor.RawData = ByteString.CopyFrom(bytes);
        }
    }

    private static void Resize(Random random, NodeProto node)
    {
        if (random.Next(2) == 0)
            Drop(random, random.Next(2) == 0 ? node.Input : node.Output);
        else
            node.Input.Add(random.Next(2) == 0 || node.Input.Count == 0 ? "" : node.Input[0]);
    }

    private static void Border(Random random, GraphProto graph, ModelProto model)
    {
        switch (random.Next(5))
        {
            case 0 when Pick(random, graph.Input) is { } input && input.Type.TensorType.Shape.Dim is { Count: > 1 } dimensions:
                dimensions[random.Next(dimensions.Count)].DimValue = OddNumbers.Integer(random);
                break;
            case 1: Drop(random, random.Next(2) == 0 ? graph.Input : graph.Output); break;
            case 2: model.OpsetImport[0].Version = OddNumbers.Integer(random); break;
            case 3 when Pick(random, graph.Output) is { } output
                && Pick(random, graph.Node) is { Output.Count: > 0 } node:
                output.Name = node.Output[0]; break;
            default: model.IrVersion = OddNumbers.Integer(random); break;
        }
    }
}
