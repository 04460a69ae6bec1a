using DistillKit.Edge.Kernels;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>The kernels without weights, of every set, against the scalar reference: same bytes, and nothing outside touched.</summary>
public sealed unsafe class ElementwiseTests
{
    private delegate void Kernel(KernelSet set, byte* first, byte* second, byte* output);

    public static TheoryData<string> Sets => [.. KernelSets.Supported.Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public void Quantize(string name) => ForAny(name, (values, count) =>
    {
        var grid = new QuantizationGrid(0.01f + MathF.Abs(values.Float()), values.Byte());
        return (Floats(values, count), [], count, (set, first, _, output) => set.QuantizeLinear((float*)first, output, count, grid));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Quantize_images(string name) => ForAny(name, (values, pixels) =>
    {
        var channels = values.Byte() % 2 == 0 ? 3 : 1 + values.Byte() % 5;
        var grid = new QuantizationGrid(0.02f, values.Byte());
        return (Floats(values, 2 * channels * pixels), [], 2 * channels * pixels,
            (set, first, _, output) => set.QuantizeImages((float*)first, output, 2, channels, pixels, grid));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Interleave_images(string name) => ForAny(name, (values, pixels) =>
    (
        Floats(values, 6 * pixels), [], 6 * pixels * sizeof(float),
        (set, first, _, output) => set.InterleaveImages((float*)first, (float*)output, 2, 3, pixels)
    ));

    [Theory, MemberData(nameof(Sets))]
    public void Dequantize(string name) => ForAny(name, (values, count) =>
    {
        var grid = new QuantizationGrid(values.Float(), values.Byte());
        return (values.Bytes(count), [], count * sizeof(float), (set, first, _, output) =>
            set.DequantizeLinear(first, (float*)output, count, grid));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Range(string name) => ForAny(name, (values, count) =>
    (
        Floats(values, count), [], 2 * sizeof(float),
        (set, first, _, output) => (((float*)output)[0], ((float*)output)[1]) = set.Range((float*)first, count)
    ));

    [Theory, MemberData(nameof(Sets))]
    public void Add_bytes(string name) => ForAny(name, (values, count) =>
    {
        var add = QuantizedAdd.Of(Grid(values), Grid(values), new(1, values.Byte()), (byte)(values.Byte() / 2),
            (byte)(128 + values.Byte() / 2));
        return (values.Bytes(count), values.Bytes(count), count, (set, first, second, output) =>
            set.Add(first, second, output, count, add));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Add_floats(string name) => ForAny(name, (values, count) =>
    (
        Floats(values, count), Floats(values, count), count * sizeof(float),
        (set, first, second, output) => set.Add((float*)first, (float*)second, (float*)output, count, -1, 1)
    ));

    [Theory, MemberData(nameof(Sets))]
    public void Clamp_bytes(string name) => ForAny(name, (values, count) =>
        (values.Bytes(count), [], count, (set, first, _, output) => set.Clip(first, output, count, 10, 200)));

    [Theory, MemberData(nameof(Sets))]
    public void Clamp_floats(string name) => ForAny(name, (values, count) =>
        (Floats(values, count), [], count * sizeof(float), (set, first, _, output) =>
            set.Clip((float*)first, (float*)output, count, 0, 6)));

    [Theory, MemberData(nameof(Sets))]
    public void Max_pool_bytes(string name) => ForAny(name, (values, channels) =>
    {
        var geometry = Pool(values, channels);
        return (values.Bytes(2 * geometry.Height * geometry.Width * channels), [], 2 * geometry.OutputPixels * channels,
            (set, first, _, output) => set.MaxPool(geometry, first, output, 2));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Max_pool_floats(string name) => ForAny(name, (values, channels) =>
    {
        var geometry = Pool(values, channels);
        return (Floats(values, 2 * geometry.Height * geometry.Width * channels), [], 2 * geometry.OutputPixels * channels * sizeof(float),
            (set, first, _, output) => set.MaxPool(geometry, (float*)first, (float*)output, 2));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Global_average_of_bytes(string name) => ForAny(name, (values, channels) =>
    {
        var pixels = 1 + values.Byte() % 20;
        // Equal scales are the usual case, and the one with halves.
        var input = values.Byte() % 2 == 0 ? new(1, values.Byte()) : Grid(values);
        var average = QuantizedAverage.Of(input, pixels, new(1, values.Byte()), (byte)(values.Byte() / 2), (byte)(128 + values.Byte() / 2));
        return (values.Bytes(2 * pixels * channels), [], 2 * channels,
            (set, first, _, output) => set.GlobalAveragePool(first, output, 2, pixels, channels, average));
    });

    [Theory, MemberData(nameof(Sets))]
    public void Global_average_of_floats(string name) => ForAny(name, (values, channels) =>
    {
        var pixels = 1 + values.Byte() % 20;
        return (Floats(values, 2 * pixels * channels), [], 2 * channels * sizeof(float),
            (set, first, _, output) => set.GlobalAveragePool((float*)first, (float*)output, 2, pixels, channels));
    });

    private static QuantizationGrid Grid(Values values) => new((float)values.Factor(), values.Byte());

    private static byte[] Floats(Values values, int count) =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values.Floats(count)).ToArray();

    private static ConvolutionGeometry Pool(Values values, int channels)
    {
        int Any(int count) => values.Byte() * 37 % 255 % count;
        return ConvolutionGeometry.Pool(3 + Any(4), 3 + Any(4), channels, 1 + Any(3), 1 + Any(3), 1 + Any(3), Any(2), Any(2), Any(2),
            Any(2));
    }

    /// <summary>
    /// For counts around the widths of vectors: two inputs, the size of the output and the kernel, made from a case's values.
    /// </summary>
    private static void ForAny(string name, Func<Values, int, (byte[] First, byte[] Second, int Output, Kernel Kernel)> make)
    {
        var set = KernelSets.Supported.Single(set => set.Name == name);
        var cases =
            from count in Gen.OneOf(Cases.Channels, Gen.Choose(1, 300))
            from numbers in Gen.Elements(Enum.GetValues<Numbers>())
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (count, numbers, seed);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (first, second, output, kernel) = make(new(one.numbers, one.seed), one.count);
            return Run(KernelSets.Supported[^1]).AsSpan().SequenceEqual(Run(set));

            byte[] Run(KernelSet kernels)
            {
                using var firstBuffer = new GuardedBuffer(first.Length, ConvolutionKernel.Slack);
                using var secondBuffer = new GuardedBuffer(second.Length, ConvolutionKernel.Slack);
                using var target = new GuardedBuffer(output, ConvolutionKernel.Slack);
                first.CopyTo(firstBuffer.Bytes);
                second.CopyTo(secondBuffer.Bytes);
                kernel(kernels, firstBuffer.Pointer, secondBuffer.Pointer, target.Pointer);
                Assert.True(firstBuffer.IsIntact && secondBuffer.IsIntact && target.IsIntact, "wrote outside of the output");
                return target.Bytes.ToArray();
            }
        }));
    }
}
