using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>One of the losses whose weighted sum is the teacher's part of the distillation. Reads from and writes to JSON; the property <c>kind</c> says which record it is.</summary>
/// <param name="Weight">What it is multiplied by, above 0.</param>
/// <param name="From">The share of the training, from 0 to 1, after which it counts.</param>
/// <param name="Until">The share of the training, from 0 to 1, after which it does not count any more.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(HintonTerm), "hinton")]
[JsonDerivedType(typeof(DecoupledTerm), "decoupled")]
[JsonDerivedType(typeof(DistTerm), "dist")]
[JsonDerivedType(typeof(HintTerm), "hint")]
[JsonDerivedType(typeof(AttentionTerm), "attention")]
[JsonDerivedType(typeof(SimilarityTerm), "similarity")]
[JsonDerivedType(typeof(RelationalTerm), "relational")]
[JsonDerivedType(typeof(ContrastiveTerm), "contrastive")]
public abstract record LossTerm(double Weight = 1, double From = 0, double Until = 1)
{
    /// <summary>Whether it counts at that share of the training.</summary>
    public bool IsActiveAt(double progress) => progress >= From && (progress < Until || Until >= 1);

    /// <summary>Checks every field.</summary>
    /// <param name="field">Where the recipe has the term, for an error.</param>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    internal virtual void Validate(string field)
    {
        DistillationRecipe.Require(Weight is > 0 and < double.PositiveInfinity, $"{field}.weight", "above 0", Weight);
        DistillationRecipe.Require(From is >= 0 and < 1, $"{field}.from", "at least 0 and below 1", From);
        DistillationRecipe.Require(Until > From && Until <= 1, $"{field}.until", "above from and at most 1", Until);
    }

    /// <summary>Makes what computes it; what it learns has fresh weights from the engine's random generator.</summary>
    /// <param name="field">Where the recipe has the term, for an error.</param>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher.</param>
    /// <exception cref="UserException">A network has no such feature.</exception>
    internal abstract TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher);
}

/// <summary>A term that compares logits.</summary>
/// <param name="Temperature">What both networks' logits are divided by; null for the recipe's, which may move.</param>
/// <param name="Weight">What it is multiplied by, above 0.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
public abstract record LogitTerm(double? Temperature = null, double Weight = 1, double From = 0, double Until = 1) : LossTerm(Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        if (Temperature is { } temperature) DistillationRecipe.Require(temperature is > 0 and < double.PositiveInfinity, $"{field}.temperature", "above 0", temperature);
    }

    internal sealed override TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher)
    {
        var loss = Build();
        return new(input => loss(input.Student.Logits, input.Teacher.Logits, input.Labels, Temperature ?? input.Temperature));
    }

    /// <summary>Makes what computes it from the student's logits, the teacher's, the labels and the temperature.</summary>
    private protected abstract Func<Tensor, Tensor, Tensor, double, Tensor> Build();
}

/// <summary>A term that compares feature maps. Only a student that is an <see cref="Networks.ImageClassifier"/> can have it.</summary>
/// <param name="Student">The name of the student's feature (<see cref="Networks.ImageClassifier.Features"/>).</param>
/// <param name="Teacher">The name of the teacher's.</param>
/// <param name="Weight">What it is multiplied by, above 0.</param>
/// <param name="From">The share of the training after which it counts.</param>
/// <param name="Until">The share of the training after which it does not count any more.</param>
public abstract record FeatureTerm(string Student, string Teacher, double Weight = 1, double From = 0, double Until = 1) : LossTerm(Weight, From, Until)
{
    internal override void Validate(string field)
    {
        base.Validate(field);
        DistillationRecipe.Require(!string.IsNullOrEmpty(Student), $"{field}.student", "the name of a feature", Student);
        DistillationRecipe.Require(!string.IsNullOrEmpty(Teacher), $"{field}.teacher", "the name of a feature", Teacher);
    }

    /// <summary>The channels of the two features.</summary>
    /// <exception cref="UserException">A network has no such feature.</exception>
    internal (int Student, int Teacher) Channels(string field, NetworkSignature student, NetworkSignature teacher) =>
        (student.Tap(Student, $"{field}.student", "student").Channels, teacher.Tap(Teacher, $"{field}.teacher", "teacher").Channels);

    internal sealed override TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher)
    {
        var (studentChannels, teacherChannels) = Channels(field, student, teacher);
        var (compute, adapter) = Build(studentChannels, teacherChannels);
        return new(input => compute(input.Student.Features[Student], input.Teacher.Features[Teacher]), adapter);
    }

    /// <summary>Makes what computes it from the student's map and the teacher's, and what learns along with the student, if anything does.</summary>
    private protected abstract (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels);
}

/// <summary>What terms compare.</summary>
internal sealed record TermInput(NetworkOutput Student, NetworkOutput Teacher, Tensor Labels, double Temperature);

/// <summary>A term for two networks.</summary>
/// <param name="Compute">The loss without its weight, a scalar.</param>
/// <param name="Adapter">What learns along with the student; null for nothing.</param>
internal sealed record TermLoss(Func<TermInput, Tensor> Compute, nn.Module? Adapter = null);
