using DistillKit.Edge.Kernels;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>Every kernel set that runs here gives the scalar reference's bytes, and touches nothing else.</summary>
public sealed class IntegerConvolutionTests
{
    private const float InputScale = 0.75f;

    public static TheoryData<string> Sets => [.. KernelSets.Supported.Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public void Pointwise_convolutions_equal_the_reference(string set) => ForAny(Cases.Pointwise, set);

    [Theory, MemberData(nameof(Sets))]
    public void Depthwise_convolutions_equal_the_reference(string set) => ForAny(Cases.Depthwise, set);

    [Theory, MemberData(nameof(Sets))]
    public void Convolutions_with_windows_equal_the_reference(string set) => ForAny(Cases.General, set);

    [Theory, MemberData(nameof(Sets))]
    public void Grouped_convolutions_equal_the_reference(string set) => ForAny(Cases.Grouped, set);

    /// <summary>Activations 255 against weights -128 or 127: pairs of products leave 16 bits, where vpmaddubsw would saturate.</summary>
    [Theory, MemberData(nameof(Sets))]
    public void Largest_products_do_not_saturate(string set)
    {
        foreach (var weight in new sbyte[] { -128, 127 })
        {
            var geometry = new ConvolutionGeometry(1, 1, 960, 40, 1, 1, 1, 0, 0, 0, 0, 1);
            var weights = Enumerable.Repeat(weight, geometry.Inputs * geometry.Outputs).ToArray();
            var epilogue = new Dequantize([.. Enumerable.Repeat(1f, 40)], new float[40], float.NegativeInfinity, float.PositiveInfinity);
            using var convolution = Find(set).Prepare(geometry, weights, [], epilogue);
            var output = Run(convolution, [.. Enumerable.Repeat((byte)255, 960)], 1, 0, sizeof(float), convolution.WorkItems(1));
            Assert.All(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(output).ToArray(), value =>
                Assert.Equal(960 * 255 * weight * InputScale, value));
        }
    }

    private static KernelSet Find(string name) => KernelSets.Supported.Single(set => set.Name == name);

    private static void ForAny(Gen<ConvolutionCase> cases, string set) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(cases.ToArbitrary(), one => Agrees(one, Find(set))));

    private static bool Agrees(ConvolutionCase one, KernelSet set)
    {
        var (geometry, values) = (one.Geometry, new Values(one.Numbers, one.Seed));
        var weights = values.Weights(geometry.Outputs * geometry.Depth);
        var bias = values.Biases(geometry.Outputs);
        var input = values.Bytes(one.Images * geometry.Height * geometry.Width * geometry.Inputs);
        var zeroPoint = values.Byte();
        var isFloat = one.Seed % 4 == 0;
        Epilogue epilogue = isFloat ? values.Dequantize(geometry.Outputs) : values.Requantize(geometry.Outputs, geometry.Depth);
        var outputBytes = isFloat ? sizeof(float) : sizeof(byte);
        using var reference = KernelSets.Supported[^1].Prepare(geometry, weights, bias, epilogue);
        using var tested = set.Prepare(geometry, weights, bias, epilogue);
        var expected = Run(reference, input, one.Images, zeroPoint, outputBytes, reference.WorkItems(one.Images));
        var whole = Run(tested, input, one.Images, zeroPoint, outputBytes, tested.WorkItems(one.Images));
        var parts = Run(tested, input, one.Images, zeroPoint, outputBytes, 1 + one.Seed % 5);
        return expected.AsSpan().SequenceEqual(whole) && expected.AsSpan().SequenceEqual(parts);
    }

    /// <summary>Runs the work in steps of <paramref name="step"/> items.</summary>
    private static unsafe byte[] Run(IntegerConvolution convolution, byte[] input, int images, byte zeroPoint, int outputBytes, int step)
    {
        using var source = new GuardedBuffer(input.Length, ConvolutionKernel.Slack);
        using var target = new GuardedBuffer(images * convolution.Geometry.OutputPixels * convolution.Geometry.Outputs * outputBytes,
            ConvolutionKernel.Slack);
        input.CopyTo(source.Bytes);
        convolution.Bind(new(InputScale, zeroPoint));
        var items = convolution.WorkItems(images);
        for (var first = 0; first < items; first += step)
            convolution.Run(source.Pointer, target.Pointer, images, first, Math.Min(step, items - first));
        Assert.True(source.IsIntact && target.IsIntact, "wrote outside of the output");
        return target.Bytes.ToArray();
    }
}
