using System.Runtime.InteropServices;
using DistillKit.Edge.Kernels;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>Float convolutions keep the reference's order of operations, so they give its bits too.</summary>
public sealed class FloatConvolutionTests
{
    public static TheoryData<string> Sets => [.. KernelSets.Supported.Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public void Pointwise_convolutions_equal_the_reference(string set) => ForAny(Cases.Pointwise, set);

    [Theory, MemberData(nameof(Sets))]
    public void Depthwise_convolutions_equal_the_reference(string set) => ForAny(Cases.Depthwise, set);

    [Theory, MemberData(nameof(Sets))]
    public void Convolutions_with_windows_equal_the_reference(string set) => ForAny(Cases.General, set);

    [Theory, MemberData(nameof(Sets))]
    public void Grouped_convolutions_equal_the_reference(string set) => ForAny(Cases.Grouped, set);

    private static void ForAny(Gen<ConvolutionCase> cases, string name)
    {
        var set = KernelSets.Supported.Single(set => set.Name == name);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(cases.ToArbitrary(), one => Agrees(one with { Numbers = Numbers.Random }, set)));
    }

    private static bool Agrees(ConvolutionCase one, KernelSet set)
    {
        var (geometry, values) = (one.Geometry, new Values(one.Numbers, one.Seed));
        var weights = values.Floats(geometry.Outputs * geometry.Depth);
        var bias = one.Seed % 3 == 0 ? [] : values.Floats(geometry.Outputs);
        var (minimum, maximum) = one.Seed % 2 == 0 ? (0, 6) : (float.NegativeInfinity, float.PositiveInfinity);
        var input = values.Floats(one.Images * geometry.Height * geometry.Width * geometry.Inputs);
        using var reference = KernelSets.Supported[^1].Prepare(geometry, weights, bias, minimum, maximum);
        using var tested = set.Prepare(geometry, weights, bias, minimum, maximum);
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
