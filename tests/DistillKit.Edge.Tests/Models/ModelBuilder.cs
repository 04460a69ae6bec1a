using System.Runtime.InteropServices;
using DistillKit.Graphs.Onnx;
using Google.Protobuf;

namespace DistillKit.Edge.Tests.Models;

/// <summary>Writes ONNX models for tests: nodes and initializers one after the other. Node and value names are the same.</summary>
internal sealed class ModelBuilder
{
    private readonly GraphProto graph = new() { Name = "test" };
    private readonly bool usesTypedFields;

    public ModelBuilder(int channels, int height, int width, bool usesTypedFields = false)
    {
        this.usesTypedFields = usesTypedFields;
        graph.Input.Add(Value("images", channels, height, width));
    }

    public string Node(string operation, string name, string[] inputs, params (string Name, object Value)[] attributes)
    {
        Node(operation, [name], inputs, attributes);
        return name;
    }

    public void Node(string operation, string[] outputs, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = outputs[0] };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        graph.Node.Add(node);
    }

    public string Constant(string name, float[] values, params int[] shape) =>
        Constant(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>(values), shape,
        tensor => tensor.FloatData.Add(values));

    public string Constant(string name, sbyte[] values, params int[] shape) =>
        Constant(name, TensorProto.Types.DataType.Int8, MemoryMarshal.AsBytes<sbyte>(values), shape,
        tensor => tensor.Int32Data.Add(values.Select(value => (int)value)));

    public string Constant(string name, byte[] values, params int[] shape) =>
        Constant(name, TensorProto.Types.DataType.Uint8, values, shape,
        tensor => tensor.Int32Data.Add(values.Select(value => (int)value)));

    public string Constant(string name, int[] values, params int[] shape) =>
        Constant(name, TensorProto.Types.DataType.Int32, MemoryMarshal.AsBytes<int>(values), shape,
        tensor => tensor.Int32Data.Add(values));

    public string Constant(string name, long[] values, params int[] shape) =>
        Constant(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>(values), shape,
        tensor => tensor.Int64Data.Add(values));

    public ModelProto Build(string output, int classes, params (string Key, string Value)[] metadata)
    {
        graph.Output.Clear();
        graph.Output.Add(Value(output, classes));
        var model = new ModelProto { IrVersion = 8, ProducerName = "tests", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    private static ValueInfoProto Value(string name, params int[] extents)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(extents.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape };
        return new() { Name = name, Type = new() { TensorType = tensor } };
    }

    private string Constant(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> raw, int[] shape, Action<TensorProto> addTyped)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type };
        tensor.Dims.Add(shape.Select(extent => (long)extent));
        if (usesTypedFields)
            addTyped(tensor);
        else
            tensor.RawData = ByteString.CopyFrom(raw);
        graph.Initializer.Add(tensor);
        return name;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int number:
                (attribute.I, attribute.Type) = (number, AttributeProto.Types.AttributeType.Int);
                break;
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case string text:
                (attribute.S, attribute.Type) = (ByteString.CopyFromUtf8(text), AttributeProto.Types.AttributeType.String);
                break;
            case int[] numbers:
                attribute.Ints.Add(numbers.Select(number => (long)number));
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            default:
                throw new NotSupportedException($"an attribute of type {value.GetType()}");
        }
        return attribute;
    }
}
