namespace DistillKit.Networks;

/// <summary>MobileNetV2, inverted residuals with linear bottlenecks (Sandler et al. 2018, arXiv:1801.04381).</summary>
public sealed record MobileNetV2Spec : ModelSpec
{
    internal static readonly int[] PublishedStrides = [1, 2, 2, 2, 1, 2, 1];

    /// <summary>The blocks of each of the seven stages. Not given: 1, 2, 3, 4, 3, 3, 1 as published.</summary>
    [Range(1, 100)] public IReadOnlyList<int>? Blocks { get; init; }

    /// <summary>The stride of the first block of each of the seven stages. Not given: 1, 2, 2, 2, 1, 2, 1 as published.</summary>
    [Range(1, 2)] public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>The nonlinearity: ReLU6 as published, or ReLU, which is as good and faster.</summary>
    public Activation Activation { get; init; } = Activation.ReLU6;

    /// <summary>The probability to drop a feature before the last layer.</summary>
    [Range(0, 1, MaximumIsExclusive = true)] public double Dropout { get; init; } = 0.2;

    /// <summary>Starts every block that adds its input as the identity (Goyal et al. 2017, arXiv:1706.02677).</summary>
    public bool ZeroInitResidual { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        var areStrides = Strides is null || Strides.Count == PublishedStrides.Length;
        Require(Blocks is null || Blocks.Count == PublishedStrides.Length, nameof(Blocks), "seven numbers", Blocks);
        Require(areStrides, nameof(Strides), "seven numbers, each 1 or 2", Strides);
        Require(Activation is Activation.ReLU or Activation.ReLU6, nameof(Activation), "ReLU or ReLU6", Activation);
    }

    /// <inheritdoc/>
    public override bool DrawsInTraining() => Dropout > 0;

    /// <inheritdoc/>
    protected override ImageClassifier Create() => new MobileNetV2(this);
}

/// <summary>MobileNetV2 with torchvision's names. Features: "features.0" to "features.18" with the published blocks; groups: "stem",
/// "stage1" to 7, "head".</summary>
public sealed class MobileNetV2 : ImageClassifier
{
    private static readonly (int Expansion, int Channels, int Blocks)[] Stages =
        [(1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)];

    internal MobileNetV2(MobileNetV2Spec spec) : base(spec, Compose(spec))
    {
    }

    private static (List<(string Name, nn.Module Module)> Modules, List<NetworkSection> Sections) Compose(MobileNetV2Spec spec)
    {
        List<NetworkSection> sections = [];
        void Add(string group, int outputs, nn.Module<Tensor, Tensor> block) =>
            sections.Add(new($"features.{sections.Count}", outputs, block, group));

        var channels = MakeDivisible(32 * spec.Width);
        var stemStride = spec.Stem == StemKind.Cifar ? 1 : 2;
        Add("stem", channels, new ConvolutionNormActivation(3, channels, kernel: 3, spec.Activation, stemStride));
        for (var index = 0; index < Stages.Length; index++)
        {
            var outputs = MakeDivisible(Stages[index].Channels * spec.Width);
            for (var block = 0; block < (spec.Blocks?[index] ?? Stages[index].Blocks); block++, channels = outputs)
            {
                var stride = block == 0 ? (spec.Strides ?? MobileNetV2Spec.PublishedStrides)[index] : 1;
                Add($"stage{index + 1}", outputs,
                    new InvertedResidual(channels, outputs, stride, Stages[index].Expansion, spec.Activation, spec.ZeroInitResidual));
            }
        }
        var last = MakeDivisible(1280 * Math.Max(1, spec.Width));
        Add("head", last, new ConvolutionNormActivation(channels, last, kernel: 1, spec.Activation));
        var features = new SequentialBlocks(sections.Select(section => section.Block));

        var head = new Classifier(last, spec.Classes, spec.Dropout);
        head.StartNormal(deviation: 0.01);
        sections.Add(new("classifier", spec.Classes, head, "head", Path: "classifier.1"));
        // torchvision's classifier is dropout, without weights, and then the linear layer, named "1".
        return ([("features", features), ("classifier", new SequentialBlocks([head], firstName: 1))], sections);
    }

    /// <summary>The published rule: the nearest multiple of 8, but not more than a tenth below the number.</summary>
    private static int MakeDivisible(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
