using DistillKit.Graphs.Onnx;

namespace DistillKit.Edge.Tests.Models;

/// <summary>Writes a test network as an ONNX file of any of the four kinds.</summary>
internal sealed class FileWriter
{
    private readonly TestNetwork network;
    private readonly FileStyle style;
    private readonly Ranges ranges;
    private readonly ModelBuilder builder;
    private readonly WeightWriter weights;
    private readonly Dictionary<string, string> dequantized = [];

    private FileWriter(TestNetwork network, FileStyle style, Ranges ranges)
    {
        (this.network, this.style, this.ranges) = (network, style, ranges);
        builder = new(network.Channels, network.Height, network.Width, style.UsesTypedFields);
        weights = new(builder, style);
    }

    /// <param name="ranges">Where values are quantized: not needed for float and dynamic files.</param>
    public static ModelProto Write(TestNetwork network, FileStyle style, Ranges? ranges = null)
    {
        var writer = new FileWriter(network, style, ranges ?? new());
        for (var i = 0; i < network.Layers.Count; i++)
            writer.Write(i, network.Layers[i]);
        return writer.builder.Build(Name(network.Last), network.Layers[^1].Channels, ("name", "test"));
    }

    public static string Name(int layer) => layer < 0 ? "images" : $"v{layer}";

    private bool IsQuantized => style.Kind is FileKind.Static or FileKind.Mixed;

    /// <summary>In a mixed file, every third layer keeps float weights, and some values stay float.</summary>
    private bool HasFloatWeights(int layer) => style.Kind == FileKind.Float || (style.Kind == FileKind.Mixed && layer % 3 == 1);

    private bool IsRounded(int layer) => IsQuantized && layer != network.Last && !(style.Kind == FileKind.Mixed && layer % 4 == 2);

    private string Input(int layer) => IsRounded(layer) ? Rounded(Name(layer), ranges.Of(layer)) : Name(layer);

    private void Write(int index, TestLayer layer)
    {
        var name = Name(index);
        switch (layer)
        {
            case TestConvolution convolution when style.Kind == FileKind.Dynamic:
                Activate(name, weights.Dynamic("ConvInteger", name, Name(convolution.Input), convolution, Attributes(convolution)),
                    convolution.Activation);
                break;
            case TestConvolution convolution:
                var inputRange = IsRounded(convolution.Input) ? ranges.Of(convolution.Input) : (0, 0);
                var (w, b) = HasFloatWeights(index) ? weights.Floats(name, convolution.Weights, convolution.Bias, convolution.WeightShape)
                    : weights.Quantized(name, convolution.Weights, convolution.Bias, convolution.WeightShape, inputRange);
                Activate(name, builder.Node("Conv", Raw(name, convolution.Activation), [Input(convolution.Input), w, b],
                    Attributes(convolution)), convolution.Activation);
                break;
            case TestSum sum:
                Activate(name, builder.Node("Add", Raw(name, sum.Activation), [Input(sum.First), Input(sum.Second)]), sum.Activation);
                break;
            case TestMaxPool pool:
                ranges.Set(index, ranges.Of(pool.Input));
                builder.Node("MaxPool", name, [Input(pool.Input)], ("kernel_shape", pool.Kernel),
                    ("strides", new[] { pool.Stride, pool.Stride }), ("pads", pool.Pads));
                break;
            case TestAverage average:
                builder.Node("GlobalAveragePool", name, [Input(average.Input)]);
                break;
            case TestLinear linear:
                Write(index, name, linear);
                break;
            default:
                throw new NotSupportedException($"a layer of type {layer.GetType()}");
        }
    }

    private void Write(int index, string name, TestLinear linear)
    {
        string Flat(string input) => builder.Node("Flatten", $"{name}_flat", [input], ("axis", 1));
        int[] shape = [linear.Channels, linear.Weights.Length / linear.Channels];
        if (style.Kind == FileKind.Dynamic)
        {
            weights.Dynamic(name, Flat(Name(linear.Input)), linear, shape);
            return;
        }
        var inputRange = IsRounded(linear.Input) ? ranges.Of(linear.Input) : (0, 0);
        var (w, b) = HasFloatWeights(index) ? weights.Floats(name, linear.Weights, linear.Bias, shape)
            : weights.Quantized(name, linear.Weights, linear.Bias, shape, inputRange);
        var input = style.FlattensFirst && IsRounded(linear.Input)
            ? Rounded(Flat(Name(linear.Input)), inputRange) : Flat(Input(linear.Input));
        builder.Node("Gemm", name, [input, w, b], ("transB", 1));
    }

    private static (string, object)[] Attributes(TestConvolution convolution) => [
        ("kernel_shape", convolution.WeightShape[2..]), ("strides", new[] { convolution.Stride, convolution.Stride }),
        ("pads", convolution.Pads), ("group", convolution.Groups), ("dilations", new[] { 1, 1 })];

    private static string Raw(string name, ActivationFunction activation) => activation == ActivationFunction.None ? name : $"{name}_raw";

    private void Activate(string name, string raw, ActivationFunction activation)
    {
        if (activation == ActivationFunction.Relu)
            builder.Node("Relu", name, [raw]);
        else if (activation == ActivationFunction.Relu6)
            builder.Node("Clip", name, [raw, builder.Constant($"{name}_least", [0f]), builder.Constant($"{name}_greatest", [6f])]);
    }

    /// <summary>Adds QuantizeLinear and DequantizeLinear, once for each value.</summary>
    private string Rounded(string name, (double Minimum, double Maximum) range)
    {
        if (dequantized.TryGetValue(name, out var result))
            return result;
        var (scale, zeroPoint) = Ranges.Grid(range);
        var parameters = new[] { builder.Constant($"{name}_scale", [scale]),
            style.HasSignedActivations
                ? builder.Constant($"{name}_zero", [(sbyte)(zeroPoint - 128)]) : builder.Constant($"{name}_zero", [(byte)zeroPoint]) };
        builder.Node("QuantizeLinear", $"{name}_q", [name, .. parameters]);
        return dequantized[name] = builder.Node("DequantizeLinear", $"{name}_dq", [$"{name}_q", .. parameters]);
    }
}
