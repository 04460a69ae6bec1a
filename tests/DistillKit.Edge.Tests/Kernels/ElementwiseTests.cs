using System.Runtime.InteropServices;
using DistillKit.Edge.Kernels;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>The kernels without weights against their definitions: the same bytes, and nothing outside touched.</summary>
public sealed unsafe class ElementwiseTests
{
    private delegate void Kernel(byte* first, byte* second, byte* output);

    [Fact]
    public void Quantize() => ForAny((values, count) =>
    {
        var (grid, input) = (new QuantizationGrid(0.01f + MathF.Abs(values.Float()), values.Byte()), values.Floats(count));
        return (Bytes(input), [], Reference.Quantize(input, grid), (first, _, output) =>
            Elementwise.QuantizeLinear((float*)first, output, count, grid));
    });

    [Fact]
    public void Quantize_images() => ForAny((values, pixels) =>
    {
        var channels = values.Byte() % 2 == 0 ? 3 : 1 + values.Byte() % 5;
        var (grid, input) = (new QuantizationGrid(0.02f, values.Byte()), values.Floats(2 * channels * pixels));
        return (Bytes(input), [], Reference.Interleave(Reference.Quantize(input, grid), channels, pixels),
            (first, _, output) => Elementwise.QuantizeImages((float*)first, output, 2, channels, pixels, grid));
    });

    [Fact]
    public void Interleave_images() => ForAny((values, pixels) =>
    {
        var input = values.Floats(6 * pixels);
        return (Bytes(input), [], Bytes(Reference.Interleave(input, 3, pixels)),
            (first, _, output) => Elementwise.Interleave((float*)first, (float*)output, 2, 3, pixels));
    });

    [Fact]
    public void Dequantize() => ForAny((values, count) =>
    {
        var (grid, input) = (new QuantizationGrid(values.Float(), values.Byte()), values.Bytes(count));
        return (input, [], Bytes(Reference.Dequantize(input, grid)), (first, _, output) =>
            Elementwise.DequantizeLinear(first, (float*)output, count, grid));
    });

    [Fact]
    public void Range() => ForAny((values, count) =>
    {
        var input = values.Floats(count);
        return (Bytes(input), [], Bytes(Reference.Range(input)),
            (first, _, output) => (((float*)output)[0], ((float*)output)[1]) = Elementwise.Range((float*)first, count));
    });

    [Fact]
    public void Add_bytes() => ForAny((values, count) =>
    {
        var add = QuantizedAdd.Of(Grid(values), Grid(values), new(1, values.Byte()), (byte)(values.Byte() / 2),
            (byte)(128 + values.Byte() / 2));
        var (a, b) = (values.Bytes(count), values.Bytes(count));
        return (a, b, Reference.Add(a, b, add), (first, second, output) => Elementwise.Add(first, second, output, count, add));
    });

    [Fact]
    public void Add_floats() => ForAny((values, count) =>
    {
        var (a, b) = (values.Floats(count), values.Floats(count));
        return (Bytes(a), Bytes(b), Bytes(Reference.Add(a, b, -1, 1)),
            (first, second, output) => Elementwise.Add((float*)first, (float*)second, (float*)output, count, -1, 1));
    });

    [Fact]
    public void Clamp_bytes() => ForAny((values, count) =>
    {
        var input = values.Bytes(count);
        return (input, [], [.. input.Select(value => Math.Clamp(value, (byte)10, (byte)200))],
            (first, _, output) => Elementwise.Clip(first, output, count, (byte)10, (byte)200));
    });

    [Fact]
    public void Clamp_floats() => ForAny((values, count) =>
    {
        var input = values.Floats(count);
        return (Bytes(input), [], Bytes([.. input.Select(value => MathF.Min(MathF.Max(value, 0), 6))]),
            (first, _, output) => Elementwise.Clip((float*)first, (float*)output, count, 0f, 6f));
    });

    [Fact]
    public void Max_pool_bytes() => ForAny((values, channels) =>
    {
        var geometry = Pool(values, channels);
        var input = values.Bytes(2 * geometry.Height * geometry.Width * channels);
        return (input, [], Reference.MaxPool(geometry, input), (first, _, output) => Pooling.MaxPool(geometry, first, output, 2));
    });

    [Fact]
    public void Max_pool_floats() => ForAny((values, channels) =>
    {
        var geometry = Pool(values, channels);
        // Which of two zeros is the greater one is not defined.
        float[] input = [.. values.Floats(2 * geometry.Height * geometry.Width * channels).Select(value => value + 0)];
        return (Bytes(input), [], Bytes(Reference.MaxPool(geometry, input)),
            (first, _, output) => Pooling.MaxPool(geometry, (float*)first, (float*)output, 2));
    });

    [Fact]
    public void Global_average_of_bytes() => ForAny((values, channels) =>
    {
        var pixels = 1 + values.Byte() % 20;
        // Equal scales are the usual case, and the one with halves.
        var input = values.Byte() % 2 == 0 ? new(1, values.Byte()) : Grid(values);
        var average = QuantizedAverage.Of(input, pixels, new(1, values.Byte()), (byte)(values.Byte() / 2), (byte)(128 + values.Byte() / 2));
        var bytes = values.Bytes(2 * pixels * channels);
        return (bytes, [], Reference.Average(bytes, pixels, channels, window => average.Apply(window.Sum(value => value), pixels)),
            (first, _, output) => Pooling.GlobalAveragePool(first, output, 2, pixels, channels, average));
    });

    [Fact]
    public void Global_average_of_floats() => ForAny((values, channels) =>
    {
        var pixels = 1 + values.Byte() % 20;
        var input = values.Floats(2 * pixels * channels);
        var expected = Reference.Average(input, pixels, channels, window => window.Aggregate(0f, (sum, value) => sum + value) / pixels);
        return (Bytes(input), [], Bytes(expected),
            (first, _, output) => Pooling.GlobalAveragePool((float*)first, (float*)output, 2, pixels, channels));
    });

    private static QuantizationGrid Grid(Values values) => new((float)values.Factor(), values.Byte());

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    private static ConvolutionGeometry Pool(Values values, int channels)
    {
        int Any(int count) => values.Byte() * 37 % 255 % count;
        var (height, width) = (1 + Any(3), 1 + Any(3));
        // A window never lies in the padding alone.
        return ConvolutionGeometry.Pool(3 + Any(4), 3 + Any(4), channels, height, width, 1 + Any(3),
            Any(Math.Min(2, height)), Any(Math.Min(2, width)), Any(Math.Min(2, height)), Any(Math.Min(2, width)));
    }

    /// <summary>For counts around the widths of vectors: inputs, the expected output and the kernel of a case.</summary>
    private static void ForAny(Func<Values, int, (byte[] First, byte[] Second, byte[] Expected, Kernel Kernel)> make)
    {
        var cases =
            from count in Gen.OneOf(Cases.Channels, Gen.Choose(1, 300))
            from numbers in Gen.Elements(Enum.GetValues<Numbers>())
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (count, numbers, seed);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (first, second, expected, kernel) = make(new(one.numbers, one.seed), one.count);
            using var firstBuffer = new GuardedBuffer(first.Length, ConvolutionKernel.Slack);
            using var secondBuffer = new GuardedBuffer(second.Length, ConvolutionKernel.Slack);
            using var target = new GuardedBuffer(expected.Length, ConvolutionKernel.Slack);
            first.CopyTo(firstBuffer.Bytes);
            second.CopyTo(secondBuffer.Bytes);
            kernel(firstBuffer.Pointer, secondBuffer.Pointer, target.Pointer);
            Assert.True(firstBuffer.IsIntact && secondBuffer.IsIntact && target.IsIntact, "wrote outside of the output");
            return target.Bytes.SequenceEqual(expected);
        }));
    }
}
