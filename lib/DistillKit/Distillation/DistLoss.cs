namespace DistillKit.Distillation;

/// <summary>
/// DIST (Huang et al. 2022, arXiv:2205.10536): <c>T² * (b * mean over images of (1 - r) + c * mean over classes of (1 - r))</c>, with r
/// Pearson's correlation of student's and teacher's probabilities (softmax of logits / T): over the classes of one image ("inter-class"),
/// and over the images of the batch for one class ("intra-class"). The student need only match the relations, so a much stronger teacher is
/// no hurdle.
/// </summary>
/// <param name="interClass">The weight b of the relations between the classes of an image.</param>
/// <param name="intraClass">The weight c of the relations between the images within a class.</param>
public sealed class DistLoss(double interClass = 1, double intraClass = 1)
{
    /// <summary>The loss of logits [N, K] at a temperature above 0 (the paper's tau): a scalar from 0 to 2 T² (b + c).</summary>
    /// <exception cref="ArgumentException">The shapes differ, or the temperature is not above 0.</exception>
    public Tensor Compute(Tensor studentLogits, Tensor teacherLogits, double temperature)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = TemperatureScaling.ScalePair(studentLogits, teacherLogits, temperature);
        (student, teacher) = (student.softmax(1), teacher.softmax(1));
        var inter = Distance(student, teacher, 1).mul(Number.Of(interClass / studentLogits.shape[0]));
        var intra = Distance(student, teacher, 0).mul(Number.Of(intraClass / studentLogits.shape[1]));
        return inter.add(intra, Number.One).mul(Number.Of(temperature * temperature)).MoveToOuterDisposeScope();
    }

    // 1 - r is half the squared distance of the two standardized vectors, and so computed it is exactly 0 for equal ones.
    private static Tensor Distance(Tensor student, Tensor teacher, long dimension) =>
        Standardized(student, dimension).sub(Standardized(teacher, dimension)).pow(Number.Two).sum().div(Number.Two);

    private static Tensor Standardized(Tensor probabilities, long dimension) =>
        Vectors.Normalize(Vectors.Center(probabilities, dimension), dimension);
}
