namespace DistillKit.Distillation;

/// <summary>How a student learns: <c>(1 - alpha) * CE(student, targets) + alpha * sum over terms of weight * term</c>.</summary>
/// <param name="Alpha">The teacher's share of the loss, in [0, 1]. Where no term counts, the labels have all of it.</param>
/// <param name="Temperature">What both networks' logits are divided by.</param>
/// <param name="TeacherResolution">The height and width to which larger images are resized for the teacher; null for none.</param>
/// <param name="AlphaEnd">The teacher's share at the end of the training, to which it moves in a straight line; null to stay.</param>
/// <param name="TemperatureEnd">The temperature at the end of the training, to which it moves in a straight line; null to stay.</param>
/// <param name="Terms">What is learned from the teacher; null for Hinton's soft targets alone.</param>
/// <param name="Teachers">The stages that teach together; null for the last assistant, or the teacher where there is none.</param>
/// <param name="Stored">Store the teacher's answers about <see cref="Data.AugmentedViews"/>, instead of asking in every step.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DistillationRecipe(
    double Alpha = 0.9, double Temperature = 4, int? TeacherResolution = null, double? AlphaEnd = null, double? TemperatureEnd = null,
    IReadOnlyList<LossTerm>? Terms = null, IReadOnlyList<string>? Teachers = null, bool? Stored = null)
{
    private static readonly IReadOnlyList<LossTerm> Hinton = [new HintonTerm()];

    /// <summary>The terms, also where the recipe leaves them out.</summary>
    internal IReadOnlyList<LossTerm> AllTerms => Terms ?? Hinton;

    /// <summary>The teacher's share at a share of the training, from 0 to 1.</summary>
    public double AlphaAt(double progress) => Alpha + ((AlphaEnd ?? Alpha) - Alpha) * progress;

    /// <summary>The temperature at a share of the training, from 0 to 1.</summary>
    public double TemperatureAt(double progress) => Temperature + ((TemperatureEnd ?? Temperature) - Temperature) * progress;

    /// <summary>
    /// The part that any student can learn by, also one in which no features can be tapped, such as a network in quantization-aware
    /// training: the terms on logits, throughout (windows order the terms of a training from scratch; a short one that follows has no time
    /// to wait). Without such terms only the labels are left.
    /// </summary>
    public DistillationRecipe OnLogits() =>
        this with { Terms = [.. AllTerms.OfType<LogitTerm>().Select(term => term with { From = 0, Until = 1 })] };

    /// <summary>Checks every field.</summary>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Alpha is >= 0 and <= 1, "alpha", "from 0 to 1", Alpha);
        Require(AlphaEnd is null or (>= 0 and <= 1), "alphaEnd", "from 0 to 1", AlphaEnd);
        Require(Temperature is > 0 and < double.PositiveInfinity, "temperature", "above 0", Temperature);
        Require(TemperatureEnd is null or (> 0 and < double.PositiveInfinity), "temperatureEnd", "above 0", TemperatureEnd);
        Require(TeacherResolution is null or >= 8, "teacherResolution", "at least 8 pixels", TeacherResolution);
        foreach (var (index, term) in AllTerms.Index())
        {
            Require(term is not null, FieldOf(index), "a term with a kind", term);
            term!.Validate(FieldOf(index));
        }
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

    internal static void Require(bool valid, string field, string rule, object? value)
    {
        if (valid) return;
        throw new UserException(FormattableString.Invariant($"The distillation's {field} must be {rule}, but is {value ?? "not given"}."));
    }
}
