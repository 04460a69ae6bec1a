using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Networks;

/// <summary>
/// MobileNetV2 with torchvision's layers and names. Features: "features.0" to "features.18"; groups: "stem", "stage1" to "stage7", and
/// "head" (the last convolution and the classifier). <see cref="ModelSpec.Build"/> makes it.
/// </summary>
public sealed class MobileNetV2 : ImageClassifier
{
    private static readonly (int Expansion, int Channels, int Blocks)[] Stages =
        [(1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)];

    internal MobileNetV2(MobileNetV2Spec spec) : base(spec, Compose(spec))
    {
    }

    private static Layout Compose(MobileNetV2Spec spec)
    {
        List<Section> sections = [];
        List<nn.Module<Tensor, Tensor>> features = [];
        void Add<T>(string group, int outputs, T module) where T : nn.Module<Tensor, Tensor>, IDescribable
        {
            sections.Add(Section.Of($"features.{features.Count}", group, outputs, module));
            features.Add(module);
        }

        var channels = MakeDivisible(32 * spec.Width);
        var stemStride = spec.Stem == StemKind.Cifar ? 1 : 2;
        Add("stem", channels, new ConvolutionNormActivation(3, channels, kernel: 3, spec.Activation, stemStride));
        for (var index = 0; index < Stages.Length; index++)
        {
            var outputs = MakeDivisible(Stages[index].Channels * spec.Width);
            for (var block = 0; block < Stages[index].Blocks; block++, channels = outputs)
            {
                var stride = block == 0 ? spec.StageStrides[index] : 1;
                var module = new InvertedResidual(channels, outputs, stride, Stages[index].Expansion, spec.Activation, spec.ZeroInitResidual);
                Add($"stage{index + 1}", outputs, module);
            }
        }
        var last = MakeDivisible(1280 * Math.Max(1, spec.Width));
        Add("head", last, new ConvolutionNormActivation(channels, last, kernel: 1, spec.Activation));

        var head = new Classifier(last, spec.Classes, spec.Dropout);
        head.StartNormal(deviation: 0.01);
        sections.Add(Section.Of("classifier", "head", spec.Classes, head, path: "classifier.1"));
        // torchvision's classifier is dropout, without weights, and then the linear layer, named "1".
        return new([("features", new Chain(features)), ("classifier", new Chain([head], firstName: 1))], sections);
    }

    /// <summary>The published rule: the nearest multiple of 8, but not more than a tenth below the number.</summary>
    private static int MakeDivisible(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
