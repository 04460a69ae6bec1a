namespace DistillKit.Distillation;

/// <summary>Contrastive representation distillation, after Tian et al. 2020 (arXiv:1910.10699): both networks' embeddings go through
/// learned linear projections to one space, to length 1; there the student's view of an image must be nearer to the teacher's view of it
/// than to those of the other images of the batch: <c>mean over i of -log(exp(s_i t_i / tau) / sum over j of exp(s_i t_j / tau))</c>. This
/// is InfoNCE (van den Oord et al. 2018, arXiv:1807.03748), one way; the paper has 16,384 negatives of other classes from a memory bank,
/// both ways.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
/// <param name="Dimensions">Of the space that both are projected to; the paper's 128.</param>
/// <param name="Tau">What similarities are divided by; the paper's 0.07.</param>
public sealed record ContrastiveTerm(
    string Student, string Teacher,
    [property: Range(1, 65536)] int Dimensions = 128,
    [property: Range(0.001, 1000)] double Tau = 0.07) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels)
    {
        var loss = new ContrastiveLoss(studentChannels, teacherChannels, Dimensions, Tau);
        return (loss.Compute, loss);
    }
}

/// <summary>The loss of a <see cref="ContrastiveTerm"/>, with its projections.</summary>
internal sealed class ContrastiveLoss : nn.Module
{
    private readonly Linear student;
    private readonly Linear teacher;
    private readonly double tau;

    public ContrastiveLoss(int studentChannels, int teacherChannels, int dimensions = 128, double tau = 0.07)
        : base(nameof(ContrastiveLoss))
    {
        this.tau = tau;
        student = nn.Linear(studentChannels, dimensions);
        teacher = nn.Linear(teacherChannels, dimensions);
        RegisterComponents();
    }

    /// <summary>The loss, a scalar, of embeddings [N, C] and [N, D], or of maps, whose means over all positions they are.</summary>
    public Tensor Compute(Tensor studentFeatures, Tensor teacherFeatures)
    {
        using var scope = NewDisposeScope();
        var (ofStudent, ofTeacher) = FeatureMaps.Embed(studentFeatures, teacherFeatures);
        var views = Vectors.Normalize(student.call(ofStudent), 1);
        var similarities = views.matmul(Vectors.Normalize(teacher.call(ofTeacher), 1).t()).div(Number.Of(tau));
        var same = arange(Number.Of(0L), Number.Of(views.shape[0]), Number.One, ScalarType.Int64, views.device);
        return nn.functional.cross_entropy(similarities, same).MoveToOuterDisposeScope();
    }
}
