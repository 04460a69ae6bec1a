using System.Runtime.InteropServices;
using DistillKit.Edge.Kernels;
using DistillKit.Edge.Kernels.Floats;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>Float convolutions keep the reference's order of operations, so they give its bits too.</summary>
public sealed class FloatConvolutionTests
{
    [Fact]
    public void Pointwise_convolutions_equal_the_reference() => ForAny(Cases.Pointwise);

    [Fact]
    public void Depthwise_convolutions_equal_the_reference() => ForAny(Cases.Depthwise);

    [Fact]
    public void Convolutions_with_windows_equal_the_reference() => ForAny(Cases.General);

    [Fact]
    public void Grouped_convolutions_equal_the_reference() => ForAny(Cases.Grouped);

    private static void ForAny(Gen<ConvolutionCase> cases) =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), one => Agrees(one with { Numbers = Numbers.Random })));

    private static bool Agrees(ConvolutionCase one)
    {
        var (geometry, values) = (one.Geometry, new Values(one.Numbers, one.Seed));
        var weights = values.Floats(geometry.Outputs * geometry.Depth);
        var bias = one.Seed % 3 == 0 ? [] : values.Floats(geometry.Outputs);
        var (minimum, maximum) = one.Seed % 2 == 0 ? (0, 6) : (float.NegativeInfinity, float.PositiveInfinity);
        var input = values.Floats(one.Images * geometry.Height * geometry.Width * geometry.Inputs);
        using var reference = new ScalarFloatConvolution(geometry, weights, bias, minimum, maximum);
        using var tested = FloatConvolution.Prepare(geometry, weights, bias, minimum, maximum);
        var expected = Run(reference, input, one.Images, reference.WorkItems(one.Images));
        return expected.AsSpan().SequenceEqual(Run(tested, input, one.Images, tested.WorkItems(one.Images)))
            && expected.AsSpan().SequenceEqual(Run(tested, input, one.Images, 1 + one.Seed % 5));
    }

    private static unsafe byte[] Run(FloatConvolution convolution, float[] input, int images, int step)
    {
        using var source = new GuardedBuffer(input.Length * sizeof(float), ConvolutionKernel.Slack);
        using var target = new GuardedBuffer(images * convolution.Geometry.OutputPixels * convolution.Geometry.Outputs * sizeof(float),
            ConvolutionKernel.Slack);
        MemoryMarshal.AsBytes<float>(input).CopyTo(source.Bytes);
        var items = convolution.WorkItems(images);
        for (var first = 0; first < items; first += step)
            convolution.Run(source.Pointer, target.Pointer, images, first, Math.Min(step, items - first));
        Assert.True(source.IsIntact && target.IsIntact, "wrote outside of the output");
        return target.Bytes.ToArray();
    }
}
