using DistillKit.Edge.Kernels;

namespace EdgeKernels;

/// <summary>
/// The convolutions of MobileNetV2 x1.0 for 32x32 images (stem of stride 1), in order, and which of them are followed by an addition.
/// </summary>
internal static class MobileNet
{
    internal sealed record Layer(string Name, ConvolutionGeometry Geometry, bool HasRelu, bool IsAdded);

    public static List<Layer> Layers(int size = 32)
    {
        List<Layer> layers = [new("stem", new(size, size, 3, 32, 3, 3, 1, 1, 1, 1, 1, 1), true, false)];
        var channels = 32;
        (int Expansion, int Channels, int Blocks, int Stride)[] stages =
            [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];
        for (var stage = 0; stage < stages.Length; stage++)
            for (var block = 0; block < stages[stage].Blocks; block++)
            {
                var (expansion, outputs, _, stride) = stages[stage];
                if (block > 0) stride = 1;
                var inner = expansion * channels;
                var name = $"{stage + 1}.{block + 1}";
                if (expansion > 1) layers.Add(new(name + " expand", Pointwise(size, channels, inner), true, false));
                var depthwise = new ConvolutionGeometry(size, size, inner, inner, 3, 3, stride, 1, 1, 1, 1, inner);
                layers.Add(new(name + " depthwise", depthwise, true, false));
                size = depthwise.OutputHeight;
                layers.Add(new(name + " project", Pointwise(size, inner, outputs), false, block > 0));
                channels = outputs;
            }
        layers.Add(new("last", Pointwise(size, channels, 1280), true, false));
        layers.Add(new("linear", Pointwise(1, 1280, 10), false, false));
        return layers;
    }

    private static ConvolutionGeometry Pointwise(int size, int inputs, int outputs) =>
        new(size, size, inputs, outputs, 1, 1, 1, 0, 0, 0, 0, 1);
}
