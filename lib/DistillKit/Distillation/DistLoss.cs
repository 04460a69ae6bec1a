using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>
/// DIST (Huang et al. 2022, arXiv:2205.10536): <c>T² * (b * mean over images of (1 - r) + c * mean over classes of (1 - r))</c>, with r Pearson's
/// correlation of student's and teacher's probabilities (softmax of logits / T): over the classes of one image ("inter-class"), and over the images
/// of the batch for one class ("intra-class"). The student need only match the relations, so a much stronger teacher is no hurdle.
/// </summary>
public sealed class DistLoss
{
    private readonly double interClass;
    private readonly double intraClass;

    /// <summary>Makes the loss.</summary>
    /// <param name="interClass">The weight b of the relations between the classes of an image.</param>
    /// <param name="intraClass">The weight c of the relations between the images within a class.</param>
    public DistLoss(double interClass = 1, double intraClass = 1) => (this.interClass, this.intraClass) = (interClass, intraClass);

    /// <summary>
    /// The loss, a scalar from 0 to 2 T² (b + c); 0 where the probabilities agree. Where a correlation is undefined, because all probabilities
    /// are equal, it has no gradient. No gradient flows to the teacher.
    /// </summary>
    /// <param name="studentLogits">[N, K].</param>
    /// <param name="teacherLogits">[N, K].</param>
    /// <param name="temperature">Above 0; the paper's tau.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not above 0.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Softened.Pair(studentLogits, teacherLogits, temperature, standardize: false);
        (student, teacher) = (student.softmax(1), teacher.softmax(1));
        var inter = Distance(student, teacher, 1).mul(Number.Of(interClass / studentLogits.shape[0]));
        var intra = Distance(student, teacher, 0).mul(Number.Of(intraClass / studentLogits.shape[1]));
        return inter.add(intra, Number.One).mul(Number.Of(temperature * temperature)).MoveToOuterDisposeScope();
    }

    // 1 - r is half the squared distance of the two standardized vectors, and so computed it is exactly 0 for equal ones.
    private static Tensor Distance(Tensor student, Tensor teacher, long dimension) =>
        Standardized(student, dimension).sub(Standardized(teacher, dimension)).pow(Number.Two).sum().div(Number.Two);

    private static Tensor Standardized(Tensor probabilities, long dimension) => Normalized.Unit(Normalized.Centered(probabilities, dimension), dimension);
}
