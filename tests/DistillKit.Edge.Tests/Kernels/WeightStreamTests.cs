using DistillKit.Edge.Kernels;

namespace DistillKit.Edge.Tests.Kernels;

public sealed class WeightStreamTests
{
    public static TheoryData<string> Sets => [.. KernelSets.Supported.Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public unsafe void Results_do_not_depend_on_it(string name)
    {
        var set = KernelSets.Supported.Single(set => set.Name == name);
        var values = new Values(Numbers.Random, 7);
        ConvolutionGeometry[] geometries =
            [new(6, 6, 20, 70, 1, 1, 1, 0, 0, 0, 0, 1), new(6, 6, 70, 70, 3, 3, 1, 1, 1, 1, 1, 70),
            new(6, 6, 70, 20, 3, 3, 1, 1, 1, 1, 1, 1)];
        var layers = geometries.Select(geometry => set.Prepare(
            geometry, values.Weights(geometry.Outputs * geometry.Depth), values.Biases(geometry.Outputs),
            values.Requantize(geometry.Outputs, geometry.Depth))).ToList();
        using var input = new GuardedBuffer(2 * 36 * 70, ConvolutionKernel.Slack);
        values.Bytes(2 * 36 * 70).CopyTo(input.Bytes);
        var before = layers.Select(Run).ToList();
        using var stream = new WeightStream(layers);
        Assert.Equal(before, layers.Select(Run));
        foreach (var layer in layers) layer.Dispose();

        byte[] Run(IntegerConvolution layer)
        {
            using var output = new GuardedBuffer(2 * 36 * layer.Geometry.Outputs, ConvolutionKernel.Slack);
            layer.Run(input.Pointer, output.Pointer, 1, 0, layer.WorkItems(1));
            layer.Run(input.Pointer, output.Pointer, 2, 0, layer.WorkItems(2));
            Assert.True(output.IsIntact);
            return output.Bytes.ToArray();
        }
    }
}
