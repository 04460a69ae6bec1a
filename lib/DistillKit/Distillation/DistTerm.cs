namespace DistillKit.Distillation;

/// <summary>DIST (Huang et al. 2022, arXiv:2205.10536): <c>T² * (b * mean over images of (1 - r) + c * mean over classes of (1 - r))</c>,
/// with r Pearson's correlation of student's and teacher's probabilities (softmax of logits / T): over the classes of one image
/// ("inter-class"), and over the images of the batch for one class ("intra-class"). The student need only match the relations, so a much
/// stronger teacher is no hurdle. The paper has temperature 1 for ImageNet and 4 for CIFAR-100.</summary>
/// <param name="InterClass">The weight b of the relations between the classes of an image.</param>
/// <param name="IntraClass">The weight c of the relations between the images within a class.</param>
public sealed record DistTerm(
    [property: Range(0, 1e6)] double InterClass = 1,
    [property: Range(0, 1e6)] double IntraClass = 1) : LogitTerm
{
    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        Require(InterClass + IntraClass > 0, $"{field}.interClass", "above 0 where intraClass is 0", InterClass);
    }

    /// <summary>The loss, a scalar from 0 to 2 T² (b + c).</summary>
    /// <inheritdoc/>
    protected internal override Tensor Compute(Tensor student, Tensor teacher, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        var (ofStudent, ofTeacher) = SoftLogits.Pair(student, teacher, temperature);
        (ofStudent, ofTeacher) = (ofStudent.softmax(1), ofTeacher.softmax(1));
        var inter = Distance(ofStudent, ofTeacher, 1).mul(Number.Of(InterClass / student.shape[0]));
        var intra = Distance(ofStudent, ofTeacher, 0).mul(Number.Of(IntraClass / student.shape[1]));
        return inter.add(intra, Number.One).mul(Number.Of(temperature * temperature)).MoveToOuterDisposeScope();
    }

    // 1 - r is half the squared distance of the two standardized vectors, and so computed it is exactly 0 for equal ones.
    private static Tensor Distance(Tensor student, Tensor teacher, long dimension) =>
        Standardized(student, dimension).sub(Standardized(teacher, dimension)).pow(Number.Two).sum().div(Number.Two);

    private static Tensor Standardized(Tensor probabilities, long dimension) =>
        Vectors.Normalize(Vectors.Center(probabilities, dimension), dimension);
}
