namespace DistillKit.Networks;

/// <summary>A network from images [N, 3, H, W] (float32, normalized) to float32 logits [N, classes]. It is a sequence of sections; the
/// output of each but the last can be tapped as a feature map, and sections form the groups in which a network is frozen and
/// unfrozen.</summary>
public abstract class ImageClassifier : nn.Module<Tensor, Tensor>
{
    private readonly IReadOnlyList<NetworkSection> sections;

    /// <summary>Makes a network of sections; each block's parameters are named by its section.</summary>
    /// <param name="sections">From the images [N, 3, H, W] to the logits [N, classes]; the last one is the head.</param>
    protected ImageClassifier(ModelSpec spec, params IReadOnlyList<NetworkSection> sections)
        : this(spec, ([.. sections.Select(section => (section.Name, (nn.Module)section.Block))], sections))
    {
    }

    /// <summary>Makes a network whose parameters have other names than its sections.</summary>
    /// <param name="parts">The modules by their names, which hold every layer once, and the sections that run them in order.</param>
    protected ImageClassifier(
        ModelSpec spec, (IReadOnlyList<(string Name, nn.Module Module)> Modules, IReadOnlyList<NetworkSection> Sections) parts)
        : base(spec.GetType().Name)
    {
        (Spec, sections) = (spec, parts.Sections);
        if (sections.Count == 0) throw new ArgumentException("A network needs a section.", nameof(parts));
        foreach (var (name, module) in parts.Modules) register_module(name, module);
        Features = [.. sections.SkipLast(1).Select(section => new FeatureTap(section.Name, section.Channels))];
        Groups =
        [
            .. from section in sections
               group section.Block by section.Group ?? section.Name into blocks
               select new ParameterGroup(blocks.Key, [.. blocks]),
        ];
    }

    /// <summary>The description that this network was built from.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The number of classes.</summary>
    public int Classes => Spec.Classes;

    /// <summary>The feature maps that can be tapped, in the order of the network.</summary>
    public IReadOnlyList<FeatureTap> Features { get; }

    /// <summary>The groups of layers from the image to the logits: "stem", one for each stage, "head".</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The type in which the convolutions compute: float32, or bfloat16 (mixed precision; weights stay float32).</summary>
    /// <exception cref="UserException">Another type.</exception>
    public ScalarType ComputeType
    {
        get;
        set
        {
            if (value is not (ScalarType.Float32 or ScalarType.BFloat16))
                throw new UserException($"Networks compute in float32 or bfloat16, not in {value}.");
            field = value;
            foreach (var convolution in modules().OfType<Convolution>()) convolution.ComputeType = value;
        }
    } = ScalarType.Float32;

    /// <summary>Takes from training images [N, 3, H, W] what the network's start depends on; most need nothing.</summary>
    public virtual void StartFrom(Tensor images)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor images) => ForwardWithFeatures(images, []).Logits;

    /// <summary>Computes the logits, and the named feature maps [N, C, H, W] in the given order (in <see cref="ComputeType"/>).</summary>
    /// <exception cref="UserException">The network has no feature of that name; the message lists those it has.</exception>
    public (Tensor Logits, IReadOnlyList<Tensor> Features) ForwardWithFeatures(Tensor images, IReadOnlyList<string> names)
    {
        var known = Features.Select(feature => feature.Name);
        if (names.Except(known).FirstOrDefault() is { } unknown)
            throw new UserException($"The network has no feature '{unknown}'; it has {string.Join(", ", known)}.");
        using var scope = NewDisposeScope();
        var tapped = new Dictionary<string, Tensor>();
        var current = ChannelsLast.Of(images);
        var isTapped = false;
        foreach (var section in sections)
        {
            var next = section.Block.call(current);
            if (!isTapped) current.Dispose();
            isTapped = names.Contains(section.Name);
            if (isTapped) tapped[section.Name] = next.MoveToOuterDisposeScope();
            current = next;
        }
        return (current.MoveToOuterDisposeScope(), [.. names.Select(name => tapped[name])]);
    }

    /// <summary>The network as plain data, for images of so many pixels a side, with its present weights: what is quantized.</summary>
    /// <exception cref="ArgumentException">The images are too small for the network.</exception>
    /// <exception cref="InvalidOperationException">A block of the network is not <see cref="IDescribable"/>.</exception>
    public Graph ToGraph(int imageSize)
    {
        var builder = new GraphBuilder(imageSize);
        var images = builder.Images;
        sections.Aggregate(images, (input, part) => SequentialBlocks.Describe(part.Block, builder, part.Path ?? part.Name, input));
        return builder.Build();
    }

    /// <summary>Freezes the groups, with their norms' statistics, up to <paramref name="group"/>; null lets all learn.</summary>
    /// <exception cref="UserException">The network has no group of that name; the message lists those it has.</exception>
    public void FreezeUpTo(string? group)
    {
        var last = Groups.ToList().FindIndex(candidate => candidate.Name == group);
        if (group is not null && last < 0)
            throw new UserException($"The network has no group '{group}'; it has {string.Join(", ", Groups.Select(one => one.Name))}.");
        foreach (var (index, frozen) in Groups.Index())
        {
            foreach (var parameter in frozen.Parameters) parameter.requires_grad = index > last;
        }
    }
}
