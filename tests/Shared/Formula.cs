using System.Text;
using DistillKit.Data;
using static TorchSharp.torch;

namespace Tests.Shared;

/// <summary>Numbers made from a name, the same as in tests/fixtures/formula.py; tests/fixtures/README.md states the formula.</summary>
internal static class Formula
{
    /// <summary>offset + scale * u, with u in [-1, 1).</summary>
    public static Tensor Tensor(string name, long[] shape, double scale = 1, double offset = 0)
    {
        var values = new float[shape.Aggregate(1L, (size, side) => size * side)];
        var random = new SplitMix64(Fnv1a(name));
        for (var i = 0; i < values.Length; i++) values[i] = (float)(offset + scale * ((random.Next() >> 40) / (double)(1 << 23) - 1));
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
}
