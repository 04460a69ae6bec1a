namespace DistillKit.Distillation;

/// <summary>One of the losses whose weighted sum is the teacher's part of the distillation. Derive a loss of your own from
/// <see cref="LogitTerm"/>, <see cref="FeatureTerm"/> or this. Reads from and writes to JSON; the property <c>kind</c> says which record it
/// is.</summary>
[JsonConverter(typeof(LossTermConverter))]
public abstract record LossTerm
{
    /// <summary>The kinds of terms.</summary>
    public static NamedTypes Kinds { get; } = new(
        "kind", ("hinton", typeof(HintonTerm)), ("decoupled", typeof(DecoupledTerm)), ("dist", typeof(DistTerm)),
        ("hint", typeof(HintTerm)), ("attention", typeof(AttentionTerm)), ("similarity", typeof(SimilarityTerm)),
        ("relational", typeof(RelationalTerm)), ("contrastive", typeof(ContrastiveTerm)));

    [JsonInclude, JsonPropertyName("kind"), JsonPropertyOrder(-1)]
    internal string Kind => Kinds.NameOf(GetType());

    /// <summary>What it is multiplied by.</summary>
    [Range(0, 1e6, MinimumIsExclusive = true)] public double Weight { get; init; } = 1;

    /// <summary>The share of the training, from 0 to 1, after which it counts.</summary>
    [Range(0, 1, MaximumIsExclusive = true)] public double From { get; init; }

    /// <summary>The share of the training, from 0 to 1, after which it does not count any more.</summary>
    [Range(0, 1)] public double Until { get; init; } = 1;

    /// <summary>Names a record of one's own, so that recipes with it can be written to and read from JSON.</summary>
    /// <exception cref="ArgumentException">The name is empty, or one of the library's.</exception>
    public static void Register<T>(string kind) where T : LossTerm => Kinds.Add(kind, typeof(T));

    /// <summary>Whether it counts at that share of the training.</summary>
    public bool IsActiveAt(double progress) => progress >= From && (progress < Until || Until >= 1);

    /// <summary>Checks what the ranges of the fields alone do not say.</summary>
    /// <param name="field">Where the recipe has the term, for an error.</param>
    /// <exception cref="UserException">A field is out of range; the message names it.</exception>
    public virtual void Validate(string field) => Require(Until > From, $"{field}.until", "above from and at most 1", Until);

    /// <summary>Makes what computes it for two networks; what it learns has fresh weights from the engine's random generator.</summary>
    /// <exception cref="UserException">A network has no such feature.</exception>
    public abstract TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher);

    /// <summary>Checks a field.</summary>
    /// <exception cref="UserException">It is not valid; the message names the field, the rule and the value.</exception>
    protected static void Require(bool valid, string field, string rule, object? value) =>
        Fields.Require(valid, DistillationRecipe.Owner, field, rule, value);
}

internal sealed class LossTermConverter() : NamedTypeConverter<LossTerm>(LossTerm.Kinds);

/// <summary>A term that compares logits.</summary>
public abstract record LogitTerm : LossTerm
{
    /// <summary>What both networks' logits are divided by; null for the recipe's temperature, which may move.</summary>
    [Range(DistillationRecipe.Coldest, DistillationRecipe.Hottest)] public double? Temperature { get; init; }

    /// <inheritdoc/>
    public sealed override TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher) =>
        new(input => Compute(input.Student.Logits, input.Teacher.Logits, input.Labels, Temperature ?? input.Temperature));

    /// <summary>The loss of logits [N, K], a scalar, the mean over the batch. No gradient flows to the teacher.</summary>
    /// <param name="labels">Class indices, [N] of int64; of mixed images, those of the first of the two.</param>
    /// <param name="temperature">What both are to be divided by.</param>
    protected internal abstract Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature);
}

/// <summary>A term that compares feature maps. Only a student that is an <see cref="Networks.ImageClassifier"/> can have it.</summary>
/// <param name="Student">The name of the student's feature (<see cref="Networks.ImageClassifier.Features"/>).</param>
/// <param name="Teacher">The name of the teacher's.</param>
public abstract record FeatureTerm(string Student, string Teacher) : LossTerm
{
    /// <summary>The channels of the two features.</summary>
    /// <exception cref="UserException">A network has no such feature.</exception>
    internal (int Student, int Teacher) Channels(string field, NetworkSignature student, NetworkSignature teacher) =>
        (student.Tap(Student, $"{field}.student", "student").Channels, teacher.Tap(Teacher, $"{field}.teacher", "teacher").Channels);

    /// <inheritdoc/>
    public sealed override TermLoss Build(string field, NetworkSignature student, NetworkSignature teacher)
    {
        var (studentChannels, teacherChannels) = Channels(field, student, teacher);
        var (compute, adapter) = Build(studentChannels, teacherChannels);
        // Half precision is for networks: losses sum squares, and adapters learn, in single.
        return new(input => compute(Single(input.Student.Features[Student]), Single(input.Teacher.Features[Teacher])), adapter);

        static Tensor Single(Tensor map) => map.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? map.to(ScalarType.Float32) : map;
    }

    /// <summary>Makes what computes the loss, a scalar, from the student's map [N, C, H, W] and the teacher's [N, D, I, J], both float32
    /// whatever the networks compute in, and what learns along with the student, if anything does.</summary>
    protected abstract (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels);
}

/// <summary>What terms compare: what the networks say about a batch, its class indices [N], and the recipe's temperature.</summary>
public sealed record TermInput(NetworkOutput Student, NetworkOutput Teacher, Tensor Labels, double Temperature);

/// <summary>A term for two networks: the loss without its weight, a scalar, and what learns along with the student, if anything.</summary>
public sealed record TermLoss(Func<TermInput, Tensor> Compute, nn.Module? Adapter = null);
