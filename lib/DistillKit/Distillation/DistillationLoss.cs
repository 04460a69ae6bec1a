namespace DistillKit.Distillation;

/// <summary>What a student learns from labels and a teacher: <c>(1 - alpha) * CE(student, targets) + alpha * sum over terms of weight *
/// term</c>, at the alpha, the temperature and with the terms that a <see cref="DistillationRecipe"/> has for that share of the training.
/// Where no term counts, alpha is 0. As a module it holds what terms learn along with the student.</summary>
public sealed class DistillationLoss : nn.Module
{
    private readonly DistillationRecipe recipe;
    private readonly SoftTargetCrossEntropy crossEntropy;
    private readonly IReadOnlyList<(LossTerm Term, TermLoss Loss)> terms;

    /// <summary>Makes Hinton's loss: <c>(1 - alpha) * CE(student, targets) + alpha * T² * KL(teacher_T || student_T)</c>.</summary>
    /// <exception cref="UserException">A number is out of range.</exception>
    public DistillationLoss(double alpha, double temperature, double labelSmoothing = 0)
        : this(new DistillationRecipe(alpha, temperature), new(0, []), new(0, []), labelSmoothing)
    {
    }

    /// <summary>Makes the loss of a recipe. Adapters get fresh weights from the engine's random generator, on the CPU.</summary>
    /// <param name="recipe">The numbers; for a student without features, those of <see cref="DistillationRecipe.OnLogits"/>.</param>
    /// <exception cref="UserException">A number is out of range, classes differ, or a network lacks a term's feature.</exception>
    public DistillationLoss(DistillationRecipe recipe, NetworkSignature student, NetworkSignature teacher, double labelSmoothing = 0)
        : base(nameof(DistillationLoss))
    {
        recipe.ValidateFor(student, teacher);
        (this.recipe, crossEntropy) = (recipe, new(labelSmoothing));
        terms = [.. recipe.AllTerms.Select((term, at) => (term, term.Build(DistillationRecipe.FieldOf(at), student, teacher)))];
        foreach (var (index, (_, loss)) in terms.Index())
        {
            if (loss.Adapter is not null) register_module(index.ToString(CultureInfo.InvariantCulture), loss.Adapter);
        }
        StudentFeatures = [.. recipe.AllTerms.OfType<FeatureTerm>().Select(term => term.Student).Distinct()];
        TeacherFeatures = [.. recipe.AllTerms.OfType<FeatureTerm>().Select(term => term.Teacher).Distinct()];
    }

    /// <summary>The names of the student's features that terms compare.</summary>
    public IReadOnlyList<string> StudentFeatures { get; }

    /// <summary>The names of the teacher's features that terms compare.</summary>
    public IReadOnlyList<string> TeacherFeatures { get; }

    /// <summary>Whether the teacher has a say at that share of the training.</summary>
    public bool NeedsTeacher(double progress) => recipe.AlphaAt(progress) > 0 && terms.Any(part => part.Term.IsActiveAt(progress));

    /// <summary>The loss from logits [N, K] alone, a scalar; targets as those of <see cref="SoftTargetCrossEntropy.Compute"/>.</summary>
    /// <exception cref="ArgumentException">The shapes or types do not fit, or a term needs features.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor targets, double progress = 0)
    {
        using var scope = NewDisposeScope();
        SoftTargetCrossEntropy.RequireTargets(studentLogits, targets);
        var (labels, soft) = targets.dim() == 1 ? (targets, null) : (targets.argmax(1), targets);
        var none = new Dictionary<string, Tensor>();
        return Compute(new(studentLogits, none), new(teacherLogits, none), labels, soft, progress).MoveToOuterDisposeScope();
    }

    /// <summary>The loss, a scalar. No gradient flows to the teacher.</summary>
    /// <param name="student">What the student says, with <see cref="StudentFeatures"/>.</param>
    /// <param name="teacher">What the teacher says about the same images; null where there is no <see cref="NeedsTeacher"/>.</param>
    /// <param name="labels">Class indices, [N] of int64.</param>
    /// <param name="targets">Class probabilities, [N, K] of the logits' type, where images were mixed; otherwise null.</param>
    /// <param name="progress">The share of the training that is done, from 0 to 1.</param>
    /// <exception cref="ArgumentException">The shapes or types do not fit, or features are missing.</exception>
    public Tensor Compute(NetworkOutput student, NetworkOutput? teacher, Tensor labels, Tensor? targets = null, double progress = 0)
    {
        using var scope = NewDisposeScope();
        var loss = crossEntropy.Compute(student.Logits, targets ?? labels);
        // Not multiplied by 1: a teacher without a say changes not a bit.
        if (!NeedsTeacher(progress)) return loss.MoveToOuterDisposeScope();

        ArgumentNullException.ThrowIfNull(teacher);
        RequireFeatures(student, StudentFeatures);
        RequireFeatures(teacher, TeacherFeatures);
        var (alpha, input) = (recipe.AlphaAt(progress), new TermInput(student, teacher, labels, recipe.TemperatureAt(progress)));
        loss = loss.mul(Number.Of(1 - alpha));
        foreach (var (term, part) in terms)
        {
            if (term.IsActiveAt(progress)) loss = loss.add(part.Compute(input).mul(Number.Of(alpha * term.Weight)), Number.One);
        }
        return loss.MoveToOuterDisposeScope();
    }

    private static void RequireFeatures(NetworkOutput output, IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !output.Features.ContainsKey(name)) is { } missing)
            throw new ArgumentException($"The loss compares the feature '{missing}', which is not in this output.", nameof(output));
    }
}
