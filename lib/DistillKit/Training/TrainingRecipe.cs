namespace DistillKit.Training;

/// <summary>How a network is trained, apart from the network, the data and the seed. Reads from and writes to JSON.</summary>
public sealed record TrainingRecipe
{
    /// <summary>More epochs than any training has.</summary>
    internal const int MostEpochs = 10_000;

    /// <summary>The epochs, in parts that may train at a smaller resolution: small images first cost less and lose little.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>Images in a step.</summary>
    [Range(2, 65536)] public int BatchSize { get; init; } = 128;

    /// <summary>How gradients become updates.</summary>
    public OptimizerRecipe Optimizer { get; init; } = new();

    /// <summary>How the learning rate moves below its peak.</summary>
    public Schedule Schedule { get; init; } = new();

    /// <summary>The share of the uniform distribution in the targets, in [0, 1).</summary>
    [Range(0, 1, MaximumIsExclusive = true)] public double LabelSmoothing { get; init; }

    /// <summary>Random changes that keep an image's class.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Show fixed views of each image, so that a teacher's answers can be stored; null to draw in every epoch.</summary>
    public AugmentedViews? Views { get; init; }

    /// <summary>Mixup and cutmix, where given.</summary>
    public Mixing? Mixing { get; init; }

    /// <summary>The largest norm of all gradients together; larger ones are scaled down.</summary>
    [Range(0, 1e6, MinimumIsExclusive = true)] public double? ClipNorm { get; init; }

    /// <summary>The decay, say 0.998, of an exponential average of the weights, which is validated and kept instead.</summary>
    [Range(0, 1, MinimumIsExclusive = true, MaximumIsExclusive = true)] public double? AverageDecay { get; init; }

    /// <summary>Validate after every so many epochs, and after the last one.</summary>
    [Range(1, MostEpochs)] public int ValidateEvery { get; init; } = 1;

    /// <summary>Stop after so many validations in a row without a better one.</summary>
    [Range(1, MostEpochs)] public int? Patience { get; init; }

    /// <summary>Progressive unfreezing: what stays frozen, and from which epoch on.</summary>
    public IReadOnlyList<Freeze> Unfreezing { get; init; } = [];

    /// <summary>The type in which convolutions compute.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>The number of epochs of all phases.</summary>
    [JsonIgnore]
    public int Epochs => Whole(Phases.Sum(phase => phase.Epochs));

    /// <summary>The parts of the training whose steps are alike, in order.</summary>
    public IEnumerable<Stretch> Stretches()
    {
        var begin = 0.0;
        foreach (var phase in Phases)
        {
            yield return new(begin, phase.Epochs, phase.Resolution);
            begin += phase.Epochs;
        }
    }

    /// <summary>The stretch of the next step, when so many epochs are done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The training has ended by then, or not begun.</exception>
    public Stretch StretchAt(double epochs) =>
        Stretches().LastOrDefault(stretch => stretch.Begin <= epochs && epochs < Epochs)
        ?? throw new ArgumentOutOfRangeException(nameof(epochs));

    /// <summary>The pixels of an image as often as it has been shown when so many epochs are done.</summary>
    /// <param name="imageSize">Height and width of an image of its own size.</param>
    public double PixelsShown(double epochs, int imageSize) => Stretches().Sum(
        stretch => Math.Clamp(epochs - stretch.Begin, 0, stretch.Epochs) * Math.Pow(stretch.Resolution ?? imageSize, 2));

    /// <summary>The cycle that an epoch, counted from 0, belongs to.</summary>
    internal Cycle CycleOf(int epoch)
    {
        var (cycle, next) = (new Cycle(0, 0), 0.0);
        foreach (var phase in Phases)
        {
            if (phase.Restart is { } peak)
            {
                if (epoch < Whole(next)) break;
                cycle = new(Whole(next), 0, peak);
            }
            next += phase.Epochs;
            cycle = cycle with { Epochs = Whole(next) - cycle.FirstEpoch };
        }
        return cycle;
    }

    /// <summary>The same recipe without its last restart and what follows it; null where nothing restarts.</summary>
    public TrainingRecipe? BeforeRestart()
    {
        var last = Phases.Index().LastOrDefault(phase => phase.Item.Restart is not null).Index;
        return last == 0 ? null : this with { Phases = [.. Phases.Take(last)] };
    }

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        Fields.Validate(this, "training recipe");
        Require(AreCyclesWhole, "phases must have whole epochs together, also up to a restart");
        Require(Epochs is >= 1 and <= MostEpochs, $"phases must have from 1 to {MostEpochs} epochs together");
        Require(Phases[0].Restart is null, "phases must not begin with a restart");
    }

    /// <summary>Checks what depends on the images: how far they can be shifted.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void ValidateFor(int imageSize) => Augmentation.ValidateFor(imageSize);

    /// <summary>Checks what depends on the network: only an image classifier has groups to freeze.</summary>
    /// <exception cref="UserException">The network cannot be trained so; the message names the field.</exception>
    public void ValidateFor(nn.Module<Tensor, Tensor> network)
    {
        if (network is not ImageClassifier model)
        {
            var isPlain = Unfreezing.Count == 0 && Precision != Precision.BFloat16;
            Require(isPlain, "unfreezing and bfloat16 are for networks in floating point; leave them out");
            return;
        }
        string[] groups = [.. model.Groups.SkipLast(1).Select(group => group.Name)];
        foreach (var group in Unfreezing.Select(freeze => freeze.UpTo).OfType<string>())
        {
            var rule = $"unfreezing must freeze up to one of {string.Join(", ", groups)}, so that something learns, not up to '{group}'";
            Require(groups.Contains(group), rule);
        }
    }

    private bool AreCyclesWhole =>
        Phases.Index().Where(phase => phase.Item.Restart is not null).Select(phase => phase.Index).Append(Phases.Count)
            .Select(end => Phases.Take(end).Sum(phase => phase.Epochs))
            .All(epochs => Math.Abs(epochs - Whole(epochs)) < 1e-9);

    /// <summary>Tenths do not add up to whole numbers.</summary>
    private static int Whole(double epochs) => (int)Math.Round(epochs);

    private static void Require(bool valid, string rule)
    {
        if (!valid) throw new UserException($"The training recipe's {rule}.");
    }
}

/// <summary>From an epoch on, from 0, the groups up to and including one are frozen; none where <paramref name="UpTo"/> is null.</summary>
/// <param name="UpTo">The name of a group of layers: "stem", "layer1", ..., "head".</param>
public sealed record Freeze([property: Range(0, TrainingRecipe.MostEpochs)] int FromEpoch, string? UpTo);

/// <summary>Some epochs at one resolution.</summary>
/// <param name="Epochs">How many; parts of an epoch, too, where the phases up to a restart or the end have whole ones together.</param>
/// <param name="Resolution">Height and width of the images in pixels; null for their own.</param>
/// <param name="Restart">A warm restart (Loshchilov and Hutter 2017, arXiv:1608.03983): the best weights so far are trained on with fresh
/// momentum, and every schedule starts again and ends with the next restart or the training, the learning rate at this share of its peak.
/// Null to continue. A recipe whose training has finished may be made longer by such a phase at its end.</param>
public sealed record Phase(
    [property: Range(0, TrainingRecipe.MostEpochs, MinimumIsExclusive = true)] double Epochs,
    [property: Range(8, ImageSet.LargestSize)] int? Resolution = null,
    [property: Range(0, 1, MinimumIsExclusive = true)] double? Restart = null);

/// <summary>A part of a training in which all steps are alike.</summary>
/// <param name="Begin">The epochs done before it.</param>
/// <param name="Epochs">Its length.</param>
/// <param name="Resolution">Height and width of the images in pixels; null for their own.</param>
public sealed record Stretch(double Begin, double Epochs, int? Resolution);

/// <summary>The epochs from one restart to the next, or to the end, and the share of the learning rate that is their peak.</summary>
internal readonly record struct Cycle(int FirstEpoch, int Epochs, double Peak = 1);
