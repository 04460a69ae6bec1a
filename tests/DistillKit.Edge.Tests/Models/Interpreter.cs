using System.Runtime.InteropServices;
using DistillKit.Graphs.Onnx;
using static DistillKit.Graphs.Onnx.TensorProto.Types;

namespace DistillKit.Edge.Tests.Models;

/// <summary>A value with its shape; integers are held as doubles too.</summary>
internal sealed record Array4(double[] Data, int[] Shape);

/// <summary>
/// Runs an ONNX model operator by operator, each straight from the specification, in double. It shares nothing with the engine.
/// </summary>
internal sealed class Interpreter
{
    private readonly GraphProto graph;
    private readonly Dictionary<string, Array4> values = [];
    private readonly HashSet<string> given = [];

    public Interpreter(ModelProto model)
    {
        graph = model.Graph;
        foreach (var tensor in graph.Initializer)
            values[tensor.Name] = new(Data(tensor), [.. tensor.Dims.Select(extent => (int)extent)]);
    }

    public Array4 this[string name] => values[name];

    public NodeProto Node(string name) => graph.Node.First(node => node.Name == name);

    /// <summary>Replaces the value of a name.</summary>
    public void Set(string name, Array4 value)
    {
        values[name] = value;
        given.Add(name);
    }

    /// <summary>The result of a node, computed from values that were set.</summary>
    public Array4 Evaluate(NodeProto node)
    {
        foreach (var name in node.Input)
            if (name.Length > 0 && !given.Contains(name) && graph.Node.FirstOrDefault(other => other.Output.Contains(name)) is { } source)
                Evaluate(source);
        Run(node);
        return values[node.Output[0]];
    }

    /// <summary>Whether a QuantizeLinear makes signed integers.</summary>
    public bool IsSigned(NodeProto node) =>
        node.Input.Count > 2 && graph.Initializer.First(tensor => tensor.Name == node.Input[2]).DataType == (int)DataType.Int8;

    /// <summary>Sets the images, of any number.</summary>
    public void Set(float[] images)
    {
        int[] shape = [.. graph.Input[0].Type.TensorType.Shape.Dim.Select(dimension => (int)dimension.DimValue)];
        shape[0] = images.Length / (shape[1] * shape[2] * shape[3]);
        Set("images", new(Array.ConvertAll(images, value => (double)value), shape));
    }

    public double[] Run(float[] images)
    {
        Set(images);
        foreach (var node in graph.Node)
            Run(node);
        return values[graph.Output[0].Name].Data;
    }

    public void Run(NodeProto node)
    {
        var inputs = node.Input.Select(name => name.Length == 0 ? null : values[name]).ToArray();
        if (node.OpType == "DynamicQuantizeLinear")
        {
            var (minimum, maximum) = (Math.Min(0, inputs[0]!.Data.Min()), Math.Max(0, inputs[0]!.Data.Max()));
            var scale = (float)(((float)maximum - (float)minimum) / 255);
            var zero = Math.Clamp(Math.Round(-(float)minimum / scale), 0, 255);
            values[node.Output[1]] = new([scale], []);
            values[node.Output[2]] = new([zero], []);
            values[node.Output[0]] = Operators.Map(inputs[0]!, value => Math.Clamp(Math.Round((float)value / scale) + zero, 0, 255));
            return;
        }
        values[node.Output[0]] = node.OpType switch
        {
            "Conv" => Operators.Convolution(inputs[0]!, inputs[1]!, inputs.ElementAtOrDefault(2), Integers(node, "pads"),
                Integers(node, "strides")[0], Integer(node, "group")),
            "ConvInteger" => Operators.Convolution(Operators.Map(inputs[0]!, value => value - inputs[2]!.Data[0]), inputs[1]!, null,
                Integers(node, "pads"), Integers(node, "strides")[0], Integer(node, "group")),
            "MatMulInteger" => Operators.MatMul(Operators.Map(inputs[0]!, value => value - inputs[2]!.Data[0]), inputs[1]!),
            "Gemm" when Integer(node, "transB") == 1 =>
                Operators.Add(Operators.MatMul(inputs[0]!, Operators.Transposed(inputs[1]!)), inputs[2]!),
            "Gemm" => Operators.Add(Operators.MatMul(inputs[0]!, inputs[1]!), inputs[2]!),
            "MatMul" => Operators.MatMul(inputs[0]!, inputs[1]!),
            "Identity" => inputs[0]!,
            "Relu" => Operators.Map(inputs[0]!, value => Math.Max(value, 0)),
            "Clip" => Operators.Map(inputs[0]!, value => Math.Clamp(value, inputs[1]!.Data[0], inputs[2]!.Data[0])),
            "Add" => Operators.Add(inputs[0]!, inputs[1]!),
            "Mul" => Operators.Multiply(inputs[0]!, inputs[1]!),
            "Cast" => inputs[0]!,
            "MaxPool" => Operators.MaxPool(inputs[0]!, Integers(node, "kernel_shape"), Integers(node, "pads"),
                Integers(node, "strides")[0]),
            "GlobalAveragePool" => Operators.Average(inputs[0]!),
            "Flatten" => new(inputs[0]!.Data, [inputs[0]!.Shape[0], inputs[0]!.Data.Length / inputs[0]!.Shape[0]]),
            "QuantizeLinear" => Quantize(node, inputs[0]!, inputs[1]!, inputs.ElementAtOrDefault(2) ?? Zero),
            "DequantizeLinear" => Operators.Dequantize(inputs[0]!, inputs[1]!,
                inputs.ElementAtOrDefault(2) ?? inputs[1]! with { Data = new double[inputs[1]!.Data.Length] },
                node.Attribute.Count > 0 ? Integer(node, "axis") : 1),
            _ => throw new InvalidOperationException(node.OpType),
        };
    }

    private Array4 Quantize(NodeProto node, Array4 input, Array4 scale, Array4 zeroPoint)
    {
        var (least, greatest) = IsSigned(node) ? (-128, 127) : (0, 255);
        return Operators.Map(input, value =>
            Math.Clamp(Math.Round(value / scale.Data[0], MidpointRounding.ToEven) + zeroPoint.Data[0], least, greatest));
    }

    private static Array4 Zero { get; } = new([0], []);

    private static int Integer(NodeProto node, string name) => (int)node.Attribute.First(attribute => attribute.Name == name).I;

    private static int[] Integers(NodeProto node, string name) =>
        [.. node.Attribute.First(attribute => attribute.Name == name).Ints.Select(value => (int)value)];

    private static double[] Data(TensorProto tensor) => ((DataType)tensor.DataType, tensor.HasRawData) switch
    {
        (DataType.Float, true) => [.. MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray().Select(value => (double)value)],
        (DataType.Float, false) => [.. tensor.FloatData.Select(value => (double)value)],
        (DataType.Int32, true) => [.. MemoryMarshal.Cast<byte, int>(tensor.RawData.Span).ToArray().Select(value => (double)value)],
        (DataType.Int8, true) => [.. tensor.RawData.Select(value => (double)(sbyte)value)],
        (DataType.Uint8, true) => [.. tensor.RawData.Select(value => (double)value)],
        _ => [.. tensor.Int32Data.Select(value => (double)value)],
    };
}
