namespace DistillKit.Edge.Tests.Models;

/// <summary>Writes weights and biases: float, quantized, or for dynamic layers.</summary>
internal sealed class WeightWriter(ModelBuilder builder, FileStyle style)
{
    public (string Weights, string Bias) Floats(string name, float[] weights, float[] bias, int[] shape) =>
        (builder.Constant($"{name}_w", weights, shape), builder.Constant($"{name}_b", bias, bias.Length));

    /// <param name="inputRange">Gives the scale of the bias; (0, 0) where the input is float, and the bias then stays float.</param>
    public (string Weights, string Bias) Quantized(string name, float[] weights, float[] bias, int[] shape, (double, double) inputRange)
    {
        var (integers, scales) = Quantize(weights, bias.Length);
        string WeightZeros(int count) => builder.Constant($"{name}_w_zero", new sbyte[count], Vector(count));
        string BiasZeros(int count) => builder.Constant($"{name}_b_zero", new int[count], Vector(count));
        var w = Dequantized($"{name}_w", integers, scales, WeightZeros, values => builder.Constant($"{name}_w_q", values, shape));
        if (inputRange == (0, 0))
            return (w, builder.Constant($"{name}_b", bias, bias.Length));
        var inputScale = Ranges.Grid(inputRange).Scale;
        var biasScales = Array.ConvertAll(scales, scale => scale * inputScale);
        int[] units = [.. bias.Select((value, i) => (int)Math.Round(value / biasScales[i % biasScales.Length]))];
        return (w, Dequantized($"{name}_b", units, biasScales, BiasZeros, values => builder.Constant($"{name}_b_q", values, bias.Length)));
    }

    /// <summary>Writes a dynamic convolution up to the sum with its bias.</summary>
    public string Dynamic(string operation, string name, string input, TestConvolution layer, (string, object)[] attributes)
    {
        var (integers, scales) = Quantize(layer.Weights, layer.Channels);
        var weights = builder.Constant($"{name}_w", integers, layer.WeightShape);
        var end = layer.Activation == ActivationFunction.None ? name : $"{name}_raw";
        return Dynamic(operation, name, end, input, weights,
            builder.Constant($"{name}_ws", scales, scales.Length == 1 ? [] : [scales.Length, 1, 1]),
            builder.Constant($"{name}_b", layer.Bias, 1, layer.Channels, 1, 1), attributes);
    }

    public void Dynamic(string name, string input, TestLinear layer, int[] shape)
    {
        var (integers, scales) = Quantize(layer.Weights, layer.Channels);
        var (outputs, inputs) = (shape[0], shape[1]);
        var transposed = new sbyte[integers.Length];
        for (var i = 0; i < integers.Length; i++)
            transposed[i % inputs * outputs + i / inputs] = integers[i];
        Dynamic("MatMulInteger", name, name, input, builder.Constant($"{name}_w", transposed, inputs, outputs),
            builder.Constant($"{name}_ws", scales, Vector(scales.Length)),
            builder.Constant($"{name}_b", layer.Bias, layer.Channels));
    }

    private readonly HashSet<string> quantized = [];

    private string Dynamic(string operation, string name, string end, string input, string weights, string scales, string bias,
        params (string, object)[] attributes)
    {
        if (quantized.Add(input))
            builder.Node("DynamicQuantizeLinear", [$"{input}_dq", $"{input}_ds", $"{input}_dz"], [input]);
        builder.Node(operation, $"{name}_int", [$"{input}_dq", weights, $"{input}_dz"], attributes);
        builder.Node("Cast", $"{name}_cast", [$"{name}_int"], ("to", 1));
        builder.Node("Mul", $"{name}_scales", [$"{input}_ds", scales]);
        builder.Node("Mul", $"{name}_scaled", [$"{name}_cast", $"{name}_scales"]);
        return builder.Node("Add", end, [$"{name}_scaled", bias]);
    }

    private string Dequantized<T>(string name, T[] integers, float[] scales, Func<int, string> zeros, Func<T[], string> constant)
    {
        string[] inputs = [constant(integers), builder.Constant($"{name}_scale", scales, Vector(scales.Length)), zeros(scales.Length)];
        return scales.Length == 1
            ? builder.Node("DequantizeLinear", $"{name}_dq", inputs) : builder.Node("DequantizeLinear", $"{name}_dq", inputs, ("axis", 0));
    }

    /// <summary>A single number is a scalar.</summary>
    private static int[] Vector(int length) => length == 1 ? [] : [length];

    private (sbyte[] Integers, float[] Scales) Quantize(float[] weights, int outputs)
    {
        var parts = style.HasWeightsPerTensor ? 1 : outputs;
        var depth = weights.Length / parts;
        float[] scales = [.. weights.Chunk(depth).Select(part => part.Max(Math.Abs) / 127)];
        return ([.. weights.Select((weight, i) => (sbyte)Math.Round(weight / scales[i / depth]))], scales);
    }
}
