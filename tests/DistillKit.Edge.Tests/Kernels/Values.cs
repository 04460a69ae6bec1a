using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>The numbers of a case, from its seed.</summary>
internal sealed class Values(Numbers numbers, int seed)
{
    private readonly Random random = new(seed);

    private bool IsExtreme => numbers == Numbers.Extreme;

    public byte Byte() => IsExtreme ? (byte)(random.Next(2) * 255) : (byte)random.Next(256);

    public byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => Byte())];

    public sbyte[] Weights(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (sbyte)(IsExtreme ? random.Next(2) * 255 - 128 : random.Next(-128, 128)))];

    public int[] Biases(int count) => [.. Enumerable.Range(0, count).Select(_ => IsExtreme
        ? random.Next(2) == 0 ? int.MaxValue - random.Next(1000) : int.MinValue + random.Next(1000) : random.Next(-5000, 5000))];

    public float Float() =>
        IsExtreme ? new[] { 0f, -0f, 1e30f, -1e30f, 3.5f, -3.5f, float.Epsilon, 1 }[random.Next(8)] : (float)(random.NextDouble() * 8 - 4);

    public float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(_ => Float())];

    /// <summary>
    /// Factors so small that accumulators of a window of this depth mostly stay inside the range; among the extreme ones, any.
    /// </summary>
    public Requantize Requantize(int outputs, int depth)
    {
        var limits = new[] { Byte(), Byte() };
        if (random.Next(2) == 0) limits = [0, 255];
        double Factor() => IsExtreme && random.Next(2) == 0 ? Math.ScaleB(1 + random.NextDouble(), random.Next(-36, 12))
            : (0.2 + random.NextDouble()) / (40 * Math.Sqrt(depth));
        return Edge.Kernels.Requantize.Of([.. Enumerable.Range(0, outputs).Select(_ => Factor())], random.Next(2) == 0 ? (byte)0 : Byte(),
            limits.Min(), limits.Max());
    }

    /// <summary>A ratio of two scales.</summary>
    public double Factor() => Math.ScaleB(1 + random.NextDouble(), IsExtreme ? random.Next(-40, 30) : random.Next(-5, 2));

    public Dequantize Dequantize(int outputs) => new(
        [.. Enumerable.Range(0, outputs).Select(_ => (float)random.NextDouble() * 1e-4f)],
        [.. Enumerable.Range(0, outputs).Select(_ => (float)random.NextDouble() - 0.5f)],
        random.Next(2) == 0 ? 0 : float.NegativeInfinity, random.Next(2) == 0 ? 6 : float.PositiveInfinity);
}
