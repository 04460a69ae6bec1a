namespace DistillKit.Distillation;

/// <summary>How a student learns: <c>(1 - alpha) * CE(student, targets) + alpha * sum over terms of weight * term</c>.</summary>
/// <param name="Alpha">The teacher's share of the loss, in [0, 1]. Where no term counts, the labels have all of it.</param>
/// <param name="Temperature">What both networks' logits are divided by.</param>
/// <param name="TeacherResolution">The height and width to which images are resized for the teacher, whatever size the student sees; null
/// for their own.</param>
/// <param name="AlphaEnd">The teacher's share at the end of the training, to which it moves in a straight line; null to stay.</param>
/// <param name="TemperatureEnd">The temperature at the end of the training, to which it moves in a straight line; null to stay.</param>
/// <param name="Terms">What is learned from the teacher; null for Hinton's soft targets alone.</param>
/// <param name="Teachers">The stages that teach together; null for the last assistant, or the teacher where there is none.</param>
/// <param name="Stored">Store the teacher's answers about <see cref="AugmentedViews"/>, instead of asking in every step.</param>
public sealed record DistillationRecipe(
    [property: Range(0.0, 1)] double Alpha = 0.9,
    [property: Range(DistillationRecipe.Coldest, DistillationRecipe.Hottest)] double Temperature = 4,
    [property: Range(8, ImageSet.LargestSize)] int? TeacherResolution = null,
    [property: Range(0.0, 1)] double? AlphaEnd = null,
    [property: Range(DistillationRecipe.Coldest, DistillationRecipe.Hottest)] double? TemperatureEnd = null,
    IReadOnlyList<LossTerm>? Terms = null, IReadOnlyList<string>? Teachers = null, bool? Stored = null)
{
    /// <summary>What errors about its fields call it.</summary>
    internal const string Owner = "distillation";

    /// <summary>The lowest temperature: logits divided by it, and the gradient's factor T², stay well within float32.</summary>
    internal const double Coldest = 0.01;

    /// <summary>The highest temperature.</summary>
    internal const double Hottest = 1e6;

    private static readonly IReadOnlyList<LossTerm> Hinton = [new HintonTerm()];

    /// <summary>The terms, also where the recipe leaves them out.</summary>
    internal IReadOnlyList<LossTerm> AllTerms => Terms ?? Hinton;

    /// <summary>The teacher's share at a share of the training, from 0 to 1.</summary>
    public double AlphaAt(double progress) => Alpha + ((AlphaEnd ?? Alpha) - Alpha) * progress;

    /// <summary>The temperature at a share of the training, from 0 to 1.</summary>
    public double TemperatureAt(double progress) => Temperature + ((TemperatureEnd ?? Temperature) - Temperature) * progress;

    /// <summary>The part that any student can learn by, also one in which no features can be tapped, such as a network in
    /// quantization-aware training: the terms on logits, throughout (windows order the terms of a training from scratch; a short one that
    /// follows has no time to wait). Without such terms only the labels are left.</summary>
    public DistillationRecipe OnLogits() =>
        this with { Terms = [.. AllTerms.OfType<LogitTerm>().Select(term => term with { From = 0, Until = 1 })] };

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        Fields.Validate(this, Owner);
        foreach (var (index, term) in AllTerms.Index()) term.Validate(FieldOf(index));
    }

    /// <summary>Checks what depends on the networks: their classes, and the features that terms name.</summary>
    /// <exception cref="UserException">The classes differ, or a network has no such feature; the message says which there are.</exception>
    public void ValidateFor(NetworkSignature student, NetworkSignature teacher)
    {
        Validate();
        var (taught, known) = (student.Classes, teacher.Classes);
        if (known != taught) throw new UserException($"The teacher has {known} classes and the student {taught}: they must have the same.");
        foreach (var (index, term) in AllTerms.Index()) (term as FeatureTerm)?.Channels(FieldOf(index), student, teacher);
    }

    internal static string FieldOf(int index) => FormattableString.Invariant($"terms[{index}]");
}

/// <summary>What a distillation loss needs to know of a network: its logits, and the features that can be tapped.</summary>
public sealed record NetworkSignature(int Classes, IReadOnlyList<FeatureTap> Features)
{
    /// <summary>That of a network.</summary>
    public static implicit operator NetworkSignature(ImageClassifier network) => new(network.Classes, network.Features);

    /// <summary>That of a network that is still to be built.</summary>
    /// <exception cref="UserException">A field of the description is out of range.</exception>
    public static NetworkSignature Of(ModelSpec spec)
    {
        using var network = spec.Build();
        return network;
    }

    /// <exception cref="UserException">There is no such tap; the message lists those there are.</exception>
    internal FeatureTap Tap(string name, string field, string network)
    {
        if (Features.FirstOrDefault(feature => feature.Name == name) is { } tap) return tap;
        var known = Features.Count == 0 ? "no features" : $"the features {string.Join(", ", Features.Select(feature => feature.Name))}";
        throw new UserException($"The distillation's {field} is '{name}', but the {network} has {known}.");
    }
}
