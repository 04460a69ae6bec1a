using DistillKit.Edge.Kernels;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Edge.Tests.Kernels;

/// <summary>Where a case's numbers come from.</summary>
internal enum Numbers { Random, Extreme }

internal sealed record ConvolutionCase(ConvolutionGeometry Geometry, int Images, Numbers Numbers, int Seed);

/// <summary>
/// Random shapes, small but with everything odd: channel counts around the widths of vectors, uneven padding, windows that hardly fit.
/// </summary>
internal static class Cases
{
    public static Gen<int> Channels { get; } =
        Gen.OneOf(Gen.Choose(1, 20), Gen.Elements(23, 24, 31, 32, 33, 48, 63, 64, 65, 80, 96, 130, 144));

    public static Gen<ConvolutionCase> Pointwise { get; } =
        from height in Gen.Choose(1, 7)
        from width in Gen.Choose(1, 7)
        from inputs in Channels
        from outputs in Channels
        from images in Gen.Choose(1, 3)
        from rest in Rest
        select new ConvolutionCase(new(height, width, inputs, outputs, 1, 1, 1, 0, 0, 0, 0, 1), images, rest.Numbers, rest.Seed);

    public static Gen<ConvolutionCase> Depthwise { get; } =
        from channels in Channels
        from shape in Windows(Gen.Constant(3))
        select shape with { Geometry = shape.Geometry with { Inputs = channels, Outputs = channels, Groups = channels } };

    public static Gen<ConvolutionCase> General { get; } =
        from inputs in Gen.OneOf(Gen.Choose(1, 12), Gen.Elements(16, 20, 33))
        from outputs in Channels
        from shape in Windows(Gen.Choose(1, 5))
        select shape with { Geometry = shape.Geometry with { Inputs = inputs, Outputs = outputs } };

    public static Gen<ConvolutionCase> Grouped { get; } =
        from groups in Gen.Choose(2, 4)
        from inputs in Gen.Choose(1, 9)
        from outputs in Gen.Choose(1, 20)
        from shape in Windows(Gen.Choose(1, 3))
        select shape with { Geometry = shape.Geometry with { Inputs = groups * inputs, Outputs = groups * outputs, Groups = groups } };

    private static Gen<(Numbers Numbers, int Seed)> Rest { get; } =
        from numbers in Gen.Elements(Enum.GetValues<Numbers>())
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (numbers, seed);

    private static Gen<ConvolutionCase> Windows(Gen<int> sizes) =>
        from kernelHeight in sizes
        from kernelWidth in sizes
        from stride in Gen.Choose(1, 3)
        from pads in Gen.Choose(0, 2).ListOf(4)
        from height in Gen.Choose(1, 9)
        from width in Gen.Choose(1, 12)
        from images in Gen.Choose(1, 2)
        from rest in Rest
        select new ConvolutionCase(
            new(Math.Max(height, kernelHeight - pads[0] - pads[2]), Math.Max(width, kernelWidth - pads[1] - pads[3]), 1, 1,
                kernelHeight, kernelWidth, stride, pads[0], pads[1], pads[2], pads[3], 1), images, rest.Numbers, rest.Seed);
}
