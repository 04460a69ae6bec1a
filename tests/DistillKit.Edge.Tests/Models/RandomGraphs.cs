using Google.Protobuf;

namespace DistillKit.Edge.Tests.Models;

/// <summary>
/// Small files that put quantization, limits and layers together in ways that our exporter does not: limits outside of a grid, biases in
/// float, weights of 2 to 8 bits, grids of very different steps, values that are read twice.
/// </summary>
internal sealed class RandomGraphs
{
    private const int Classes = 6;

    private readonly Random random;
    private readonly ModelBuilder builder;
    private readonly List<(string Name, int Channels, int Size)> values = [];
    private int count;

    private RandomGraphs(Random random)
    {
        this.random = random;
        var (channels, size) = (random.Next(1, 5), random.Next(4, 9));
        builder = new(channels, size, size);
        values.Add(("images", channels, size));
    }

    public static byte[] Build(Random random)
    {
        var graph = new RandomGraphs(random);
        for (var layers = random.Next(2, 9); layers > 0; layers--)
            graph.AddLayer();
        return graph.Head();
    }

    private bool Coin(int of = 2) => random.Next(of) == 0;

    private float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private float[] Normals(int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => (float)(scale * Normal()))];

    private string Name() => $"v{count++}";

    private void AddLayer()
    {
        var value = Coin(4) ? values[random.Next(values.Count)] : values[^1];
        var (name, channels, size) = value;
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                name = Convolution(name, ref channels, size);
                if (Coin())
                    name = Clip(name);
                if (Coin(4))
                    name = Constant(name, channels);
                break;
            case 3:
                name = Clip(name);
                break;
            case 4:
                name = Constant(name, channels);
                break;
            case 5 when size > 2:
                var (kernel, pad) = (random.Next(2, 4), random.Next(2));
                name = builder.Node("MaxPool", Name(), [name], ("kernel_shape", new[] { kernel, kernel }), ("strides", new[] { 1, 1 }),
                    ("pads", new[] { pad, pad, pad, pad }));
                size += 2 * pad - kernel + 1;
                break;
            case 6 when values.Where(other => other.Channels == channels && other.Size == size).ToList() is { Count: > 0 } same:
                name = builder.Node("Add", Name(), [name, same[random.Next(same.Count)].Name]);
                break;
        }
        values.Add((Coin(3) ? name : Rounded(name), channels, size));
    }

    private string Convolution(string name, ref int channels, int size)
    {
        var (inputs, kernel) = (channels, size > 2 && Coin() ? 3 : 1);
        var groups = Coin(4) ? inputs : 1;
        channels = groups > 1 ? inputs : random.Next(1, 20);
        int[] shape = [channels, inputs / groups, kernel, kernel];
        var depth = shape[1] * kernel * kernel;
        var deviation = 1.5 / Math.Sqrt(depth);
        var bias = builder.Constant(Name(), Normals(channels, Coin(4) ? 30 : 0.5), channels);
        var weights = Coin(4) ? builder.Constant(Name(), Normals(channels * depth, deviation), shape) : Integers(shape, depth, deviation);
        return builder.Node("Conv", Name(), Coin(5) ? [name, weights] : [name, weights, bias], ("kernel_shape", shape[2..]),
            ("pads", new[] { kernel / 2, kernel / 2, kernel / 2, kernel / 2 }), ("group", groups));
    }

    /// <summary>Weights of 2 to 8 bits, with one scale or one for each output.</summary>
    private string Integers(int[] shape, int depth, double deviation)
    {
        var greatest = (1 << random.Next(1, 8)) - 1;
        var perTensor = Coin(3);
        float[] scales = [.. Enumerable.Range(0, perTensor ? 1 : shape[0]).Select(_ =>
            (float)(2.5 * deviation / greatest * (0.5 + random.NextDouble())))];
        sbyte[] values = [.. Enumerable.Range(0, shape[0] * depth).Select(i => (sbyte)Math.Clamp(
            Math.Round(deviation * Normal() / scales[perTensor ? 0 : i / depth]), -greatest, greatest))];
        return builder.Node("DequantizeLinear", Name(), [builder.Constant(Name(), values, shape),
            builder.Constant(Name(), scales, perTensor ? [] : [scales.Length])], ("axis", 0));
    }

    /// <summary>Limits around 0 or anywhere, so that some lie outside of every grid.</summary>
    private string Clip(string name)
    {
        if (Coin(3))
            return builder.Node("Relu", Name(), [name]);
        float[] limits = [.. Normals(2, Coin() ? 1 : 8).Order()];
        return builder.Node("Clip", Name(), [name, builder.Constant(Name(), [limits[0]]), builder.Constant(Name(), [limits[1]])]);
    }

    private string Constant(string name, int channels) =>
        builder.Node("Add", Name(), [name, builder.Constant(Name(), Normals(channels, 1), 1, channels, 1, 1)]);

    private string Rounded(string name)
    {
        // Mostly a grid that fits values of about 1; sometimes one that is far too fine or too coarse.
        var scale = (float)((Coin(6) ? Math.Pow(10, random.Next(-4, 2)) : 0.03) * (0.5 + random.NextDouble()));
        string[] parameters = [builder.Constant(Name(), [scale]), Coin()
            ? builder.Constant(Name(), [(byte)random.Next(256)]) : builder.Constant(Name(), [(sbyte)random.Next(-128, 128)])];
        var codes = builder.Node("QuantizeLinear", Name(), [name, .. parameters]);
        return builder.Node("DequantizeLinear", Name(), [codes, .. parameters]);
    }

    private byte[] Head()
    {
        var (name, channels, size) = values[^1];
        if (Coin())
            (name, size) = (builder.Node("GlobalAveragePool", Name(), [name]), 1);
        if (Coin())
            name = Rounded(name);
        name = builder.Node("Flatten", Name(), [name], ("axis", 1));
        var depth = channels * size * size;
        int[] shape = [Classes, depth];
        var weights = Coin() ? builder.Constant(Name(), Normals(Classes * depth, 1), shape) : Integers(shape, depth, 1);
        name = builder.Node("Gemm", Name(), [name, weights, builder.Constant(Name(), Normals(Classes, 1), Classes)], ("transB", 1));
        return builder.Build(name, Classes).ToByteArray();
    }
}
