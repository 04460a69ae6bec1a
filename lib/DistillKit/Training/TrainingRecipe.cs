using System.Text.Json.Serialization;
using DistillKit.Data;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>Everything that decides how a network is trained, apart from the network, the data and the seed. Reads from and writes to JSON.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrainingRecipe
{
    /// <summary>The epochs, in parts that may train at a smaller resolution: small images first cost less and lose little.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>Images in a step.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>How gradients become updates.</summary>
    public OptimizerRecipe Optimizer { get; init; } = new();

    /// <summary>How the learning rate moves below its peak.</summary>
    public Schedule Schedule { get; init; } = new();

    /// <summary>The share of the uniform distribution in the targets, in [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Random changes that keep an image's class.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Show a fixed number of augmented views, so that a teacher's answers can be stored; where not given, every epoch draws anew.</summary>
    public Views? Views { get; init; }

    /// <summary>Mixup and cutmix, where given.</summary>
    public Mixing? Mixing { get; init; }

    /// <summary>The largest norm of all gradients together; larger ones are scaled down.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The decay of the exponential moving average of the weights (for instance 0.998), which is then validated and kept instead of the weights.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Validate after every so many epochs, and after the last one.</summary>
    public int ValidateEvery { get; init; } = 1;

    /// <summary>Stop after so many validations in a row without a better one.</summary>
    public int? Patience { get; init; }

    /// <summary>Epochs at the start in which residual blocks are skipped (<see cref="Networks.ImageClassifier.SkipsResiduals"/>): shorter, and easier to learn.</summary>
    public int ShallowEpochs { get; init; }

    /// <summary>Progressive unfreezing: what stays frozen, and from which epoch on.</summary>
    public IReadOnlyList<Freeze> Unfreezing { get; init; } = [];

    /// <summary>The type in which convolutions compute.</summary>
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>The number of epochs of all phases.</summary>
    [JsonIgnore]
    public int Epochs => Phases.Sum(phase => phase.Epochs);

    /// <summary>The resolution of an epoch, counted from 0; null for that of the images.</summary>
    public int? ResolutionOf(int epoch)
    {
        foreach (var phase in Phases)
        {
            if (epoch < phase.Epochs) return phase.Resolution;
            epoch -= phase.Epochs;
        }
        throw new ArgumentOutOfRangeException(nameof(epoch));
    }

    /// <summary>The cycle that an epoch, counted from 0, belongs to.</summary>
    internal Cycle CycleOf(int epoch)
    {
        var (cycle, next) = (new Cycle(0, 0), 0);
        foreach (var phase in Phases)
        {
            if (phase.Restart is { } peak)
            {
                if (epoch < next) break;
                cycle = new(next, 0, peak);
            }
            cycle = cycle with { Epochs = cycle.Epochs + phase.Epochs };
            next += phase.Epochs;
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
        Require(Phases.Count > 0 && Phases.All(phase => phase is { Epochs: > 0, Resolution: null or >= 8 }), "phases must each have at least 1 epoch and 8 pixels");
        Require(Phases[0].Restart is null && Phases.All(phase => phase.Restart is null or (> 0 and <= 1)), "phases must restart at a share of the peak above 0 and up to 1, and the first not at all");
        Require(BatchSize is >= 1 and <= 65536, "batchSize must be from 1 to 65536");
        Require(LabelSmoothing is >= 0 and < 1, "labelSmoothing must be at least 0 and below 1");
        Require(Views is null or { Count: >= 1 }, "views must be at least 1");
        Require(ClipNorm is null or > 0, "clipNorm must be above 0");
        Require(AverageDecay is null or (> 0 and < 1), "averageDecay must be between 0 and 1");
        Require(ValidateEvery >= 1, "validateEvery must be at least 1");
        Require(Patience is null or >= 1, "patience must be at least 1");
        Require(ShallowEpochs >= 0 && ShallowEpochs < Epochs, "shallowEpochs must be at least 0 and fewer than the epochs");
        Require(Unfreezing.All(freeze => freeze is { FromEpoch: >= 0 }), "unfreezing must count its epochs from 0");
        Optimizer.Validate();
        Schedule.Validate();
    }

    /// <summary>Checks what depends on the network: only networks made from blocks can be frozen by groups or start shallow, and only in the groups that they have.</summary>
    internal void ValidateFor(nn.Module<Tensor, Tensor> network)
    {
        if (network is not ImageClassifier model)
        {
            Require(Unfreezing.Count == 0 && ShallowEpochs == 0 && Precision != Precision.BFloat16, "unfreezing, shallowEpochs and bfloat16 are for networks in floating point; leave them out");
            return;
        }
        string[] groups = [.. model.Groups.SkipLast(1).Select(group => group.Name)];
        foreach (var group in Unfreezing.Select(freeze => freeze.UpTo).OfType<string>())
            Require(groups.Contains(group), $"unfreezing must freeze up to one of {string.Join(", ", groups)}, so that something learns, not up to '{group}'");
    }

    internal static void Require(bool valid, string rule)
    {
        if (!valid) throw new UserException($"The training recipe's {rule}.");
    }
}

/// <summary>From an epoch on, the groups up to and including one are frozen; none where <paramref name="UpTo"/> is null.</summary>
/// <param name="FromEpoch">The epoch, counted from 0.</param>
/// <param name="UpTo">The name of a group of layers: "stem", "layer1", ..., "head".</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Freeze(int FromEpoch, string? UpTo);
