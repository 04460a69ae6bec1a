using System.Text;
using static TorchSharp.torch;

namespace DistillKit.Tests.Parity;

/// <summary>Numbers made from a name, the same as in tests/fixtures/formula.py; tests/fixtures/README.md states the formula.</summary>
internal static class Formula
{
    /// <summary>offset + scale * u, with u in [-1, 1).</summary>
    public static Tensor Tensor(string name, long[] shape, double scale = 1, double offset = 0)
    {
        var values = new float[shape.Aggregate(1L, (size, side) => size * side)];
        var seed = Fnv1a(name);
        for (var i = 0; i < values.Length; i++) values[i] = (float)(offset + scale * Uniform(seed, i));
        return tensor(values, shape);
    }

    /// <summary>A batch [count, 3, size, size] of mean 0 and variance 1.</summary>
    public static Tensor Images(string name, int count, int size) => Tensor(name, [count, 3, size, size], Math.Sqrt(3));

    /// <summary>Class indices below ten, [count].</summary>
    public static Tensor Labels(int count) => tensor([.. Enumerable.Range(0, count).Select(i => (7L * i + 3) % 10)], [count]);

    /// <summary>Gives every parameter and buffer of a network its value by name.</summary>
    public static void Fill(nn.Module network, double gain, double bias = 0)
    {
        using var frozen = no_grad();
        foreach (var (name, tensor) in network.state_dict())
        {
            if (tensor.dtype != ScalarType.Float32) continue;
            var (scale, offset) = tensor.dim() > 1 ? (gain * Math.Sqrt(3.0 / (tensor.numel() / tensor.shape[0])), 0.0)
                : name.EndsWith("running_var", StringComparison.Ordinal) ? (0.25, 1.0)
                : name.EndsWith("weight", StringComparison.Ordinal) ? (0.1, 1.0)
                : name.EndsWith("bias", StringComparison.Ordinal) ? (0.1, bias)
                : (0.1, 0.0);
            using var value = Tensor(name, tensor.shape, scale, offset);
            tensor.copy_(value);
        }
    }

    private static ulong Fnv1a(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(0xCBF29CE484222325, (state, value) => (state ^ value) * 0x100000001B3);

    private static double Uniform(ulong seed, int index)
    {
        var z = seed + ((ulong)index + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (z >> 40) / (double)(1 << 23) - 1;
    }
}
