namespace DistillKit.Networks;

/// <summary>A residual network (He et al. 2016, arXiv:1512.03385): of a published <see cref="Depth"/> or of <see cref="Blocks"/>.</summary>
public sealed record ResNetSpec : ModelSpec
{
    private static readonly Dictionary<int, (int[] Blocks, bool Bottleneck)> Published = new()
    {
        [18] = ([2, 2, 2, 2], false),
        [34] = ([3, 4, 6, 3], false),
        [50] = ([3, 4, 6, 3], true),
        [101] = ([3, 4, 23, 3], true),
        [152] = ([3, 8, 36, 3], true),
    };

    /// <summary>A published depth: 18, 34, 50, 101 or 152.</summary>
    [Range(18, 152)] public int? Depth { get; init; }

    /// <summary>The residual blocks of each stage, one to four stages; a <see cref="Pooled"/> stage may have none.</summary>
    [Range(0, 100)] public IReadOnlyList<int>? Blocks { get; init; }

    /// <summary>The channels of the stem and of each stage. Not given: 64, 64, and then twice as many in each stage; those of bottlenecks
    /// are the inner ones.</summary>
    [Range(1, 8192)] public IReadOnlyList<int>? Channels { get; init; }

    /// <summary>With <see cref="Blocks"/>: bottleneck blocks (1x1, 3x3, 1x1) rather than basic ones (3x3, 3x3).</summary>
    public bool Bottleneck { get; init; }

    /// <summary>The stride of the first block of each stage. Not given: 1, and 2 from the second stage on.</summary>
    [Range(1, 2)] public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>Begins each stage with a convolution, a 2x2 max pool, norm and ReLU rather than with a stride, as networks made for fast
    /// training do (Page 2018, "How to Train Your ResNet"): dense convolutions, few norms, small maps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Pooled { get; init; }

    /// <summary>Starts every residual block as the identity: its last norm at zero (Goyal et al. 2017, arXiv:1706.02677).</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>Starts the 3x3 convolutions after the stem as near to the identity as their shapes allow: as many outputs as there are
    /// inputs pass these on (Zagoruyko and Komodakis 2017, arXiv:1706.00388, as used by Jordan 2024, arXiv:2404.00498).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IdentityStart { get; init; }

    /// <summary>Starts the stem's filters from the data: half of its channels take the principal components of image patches, scaled to
    /// the same variance, and the other half their negatives (Jordan 2024, arXiv:2404.00498). They are trained like any others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WhitenedStem { get; init; }

    internal (IReadOnlyList<int> Blocks, bool Bottleneck) Stages => Depth is { } depth ? Published[depth] : (Blocks!, Bottleneck);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (Depth is { } depth)
        {
            Require(Published.ContainsKey(depth), nameof(Depth), $"one of {string.Join(", ", Published.Keys)}", depth);
            Require(Blocks is null, nameof(Blocks), "left out where depth is given", Blocks);
            Require(!Bottleneck, nameof(Bottleneck), "left out where depth is given", Bottleneck);
        }
        else
        {
            Require(Blocks is { Count: >= 1 and <= 4 }, nameof(Blocks), "one to four numbers (or give a depth)", Blocks);
        }
        var stages = Stages.Blocks.Count;
        Require(Pooled || Stages.Blocks.All(blocks => blocks > 0), nameof(Blocks), "at least 1 in a stage that is not pooled", Blocks);
        Require(Strides is null || Strides.Count == stages, nameof(Strides), "1 or 2 for each stage", Strides);
        Require(Strides is null || !Pooled, nameof(Strides), "left out where stages are pooled", Strides);
        Require(Channels is null || Channels.Count == stages + 1, nameof(Channels), "one for the stem and one for each stage", Channels);
        Require(!WhitenedStem || Stem == StemKind.Cifar, nameof(WhitenedStem), "left out for a stem other than Cifar", WhitenedStem);
    }

    /// <inheritdoc/>
    public override bool DrawsInTraining() => false;

    /// <inheritdoc/>
    protected override ImageClassifier Create() => new ResNet(this);
}

/// <summary>A residual network with torchvision's names. Features: "stem", "layer1" to "layer4"; groups: these and "head".</summary>
public sealed class ResNet : ImageClassifier
{
    /// <summary>A bottleneck's channels out for each inner channel.</summary>
    private const int Expansion = 4;

    private readonly ResNetSpec spec;

    internal ResNet(ResNetSpec spec) : base(spec, Compose(spec))
    {
        this.spec = spec;
        if (!spec.IdentityStart) return;
        foreach (var convolution in modules().OfType<Convolution>().Skip(1)) convolution.StartAsIdentity();
    }

    /// <inheritdoc/>
    public override void StartFrom(Tensor images)
    {
        if (spec.WhitenedStem) modules().OfType<Convolution>().First().StartWhitening(images);
    }

    private static (List<(string Name, nn.Module Module)> Modules, List<NetworkSection> Sections) Compose(ResNetSpec spec)
    {
        int Scaled(int channels) => Math.Max(1, (int)Math.Round(channels * spec.Width));
        int ChannelsOf(int part) => spec.Channels is { } given ? Scaled(given[part]) : Scaled(64) << Math.Max(0, part - 1);
        var channels = ChannelsOf(0);
        var stem = new ResNetStem(channels, spec.Stem);
        List<(string Name, nn.Module Module)> modules = [("conv1", stem.Convolution), ("bn1", stem.Norm)];
        List<NetworkSection> sections = [new("stem", channels, stem)];

        foreach (var (index, blocks) in spec.Stages.Blocks.Index())
        {
            var (name, inner) = ($"layer{index + 1}", ChannelsOf(index + 1));
            var outputs = spec.Stages.Bottleneck ? inner * Expansion : inner;
            var stage = spec.Pooled
                ? new([new ConvolutionPoolNorm(channels, outputs), .. Blocks(spec, outputs, inner, outputs, blocks, stride: 1)])
                : new SequentialBlocks(Blocks(spec, channels, inner, outputs, blocks, spec.Strides?[index] ?? (index == 0 ? 1 : 2)));
            modules.Add((name, stage));
            sections.Add(new(name, outputs, stage));
            channels = outputs;
        }

        var head = new Classifier(channels, spec.Classes);
        modules.Add(("fc", head));
        sections.Add(new("fc", spec.Classes, head, "head"));
        return (modules, sections);
    }

    private static IEnumerable<ResidualBlock> Blocks(ResNetSpec spec, int inputs, int inner, int outputs, int blocks, int stride) =>
        Enumerable.Range(0, blocks).Select(block => Block(spec, block == 0 ? inputs : outputs, inner, block == 0 ? stride : 1));

    // The stride of a bottleneck is in its 3x3 convolution, as in torchvision (ResNet v1.5).
    private static ResidualBlock Block(ResNetSpec spec, int inputs, int inner, int stride) => spec.Stages.Bottleneck
        ? new(inputs, spec.ZeroInitResidual, (inner, 1, 1), (inner, 3, stride), (inner * Expansion, 1, 1))
        : new(inputs, spec.ZeroInitResidual, (inner, 3, stride), (inner, 3, 1));
}

/// <summary>ResNet's first layers. They are registered in the network itself, as "conv1" and "bn1", like torchvision's.</summary>
internal sealed class ResNetStem : nn.Module<Tensor, Tensor>, IDescribable
{
    private readonly Convolution conv1;
    private readonly BatchNorm bn1;
    private readonly StemKind kind;

    public ResNetStem(int channels, StemKind kind) : base(nameof(ResNetStem))
    {
        this.kind = kind;
        conv1 = kind == StemKind.ImageNet ? new(3, channels, kernel: 7, stride: 2) : new(3, channels, kernel: 3);
        bn1 = new(channels);
        RegisterComponents();
    }

    public Convolution Convolution => conv1;

    public BatchNorm Norm => bn1;

    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var output = bn1.Activate(conv1.call(images), Activation.ReLU);
        if (kind == StemKind.ImageNet) output = nn.functional.max_pool2d(output, kernel_size: 3, stride: 2, padding: 1);
        return output.MoveToOuterDisposeScope();
    }

    public string Describe(GraphBuilder builder, string name, string input)
    {
        var output = conv1.Describe(builder, nameof(conv1), input);
        output = builder.Activation("relu", bn1.Describe(builder, nameof(bn1), output), Activation.ReLU);
        return kind == StemKind.ImageNet ? builder.MaxPool("maxpool", output, kernel: 3, stride: 2, padding: 1) : output;
    }
}
