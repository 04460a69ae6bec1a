using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// A residual network with torchvision's layers and names. Features: "stem" and "layer1" to "layer4"; groups: the same, and "head".
/// <see cref="ModelSpec.Build"/> makes it.
/// </summary>
public sealed class ResNet : ImageClassifier
{
    internal ResNet(ResNetSpec spec) : base(spec, Compose(spec))
    {
    }

    private static Layout Compose(ResNetSpec spec)
    {
        var channels = Math.Max(1, (int)Math.Round(64 * spec.Width));
        var conv1 = spec.Stem == StemKind.ImageNet ? new Convolution(3, channels, kernel: 7, stride: 2) : new Convolution(3, channels, kernel: 3);
        var bn1 = new BatchNorm(channels);
        List<(string Name, nn.Module Module)> layers = [("conv1", conv1), ("bn1", bn1)];
        List<Section> sections = [new("stem", "stem", channels, images => Stem(conv1, bn1, spec.Stem, images), (builder, images) => DescribeStem(builder, conv1, bn1, spec.Stem, images), conv1, bn1)];

        var inner = channels;
        for (var index = 0; index < spec.StageBlocks.Count; index++, inner *= 2)
        {
            var name = $"layer{index + 1}";
            var outputs = spec.HasBottlenecks ? inner * Bottleneck.Expansion : inner;
            var stage = Stage(spec, channels, inner, outputs, spec.StageBlocks[index], spec.StageStrides[index]);
            channels = outputs;
            layers.Add((name, stage));
            sections.Add(Section.Of(name, name, channels, stage));
        }

        var head = new Classifier(channels, spec.Classes);
        layers.Add(("fc", head));
        sections.Add(Section.Of("fc", "head", spec.Classes, head));
        return new(layers, sections);
    }

    private static Tensor Stem(Convolution convolution, BatchNorm norm, StemKind kind, Tensor images)
    {
        using var scope = NewDisposeScope();
        var output = convolution.call(images);
        if (kind == StemKind.CifarPooled) output = nn.functional.max_pool2d(output, kernel_size: 2);
        output = norm.call(output).relu_();
        if (kind == StemKind.ImageNet) output = nn.functional.max_pool2d(output, kernel_size: 3, stride: 2, padding: 1);
        return output.MoveToOuterDisposeScope();
    }

    private static string DescribeStem(GraphBuilder builder, Convolution convolution, BatchNorm norm, StemKind kind, string images)
    {
        var output = convolution.Describe(builder, "conv1", images);
        if (kind == StemKind.CifarPooled) output = builder.MaxPool("maxpool", output, kernel: 2, stride: 2);
        output = builder.Activation("relu", norm.Describe(builder, "bn1", output), Activation.ReLU);
        return kind == StemKind.ImageNet ? builder.MaxPool("maxpool", output, kernel: 3, stride: 2, padding: 1) : output;
    }

    private static Chain Stage(ResNetSpec spec, int inputs, int inner, int outputs, int blocks, int stride) =>
        new(Enumerable.Range(0, blocks).Select(block => Block(spec, block == 0 ? inputs : outputs, inner, block == 0 ? stride : 1)));

    private static nn.Module<Tensor, Tensor> Block(ResNetSpec spec, int inputs, int inner, int stride) => spec.HasBottlenecks
        ? new Bottleneck(inputs, inner, stride, spec.ZeroInitResidual)
        : new BasicBlock(inputs, inner, stride, spec.ZeroInitResidual);
}
