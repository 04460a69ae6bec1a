namespace DistillKit.Distillation;

/// <summary>Relational knowledge distillation (Park et al. 2019, arXiv:1904.05068) on embeddings e. Distances: <c>h(|e_i - e_j| / m)</c>,
/// where m is the network's mean distance. Angles: <c>h(cos of the angle at e_j between e_i and e_k)</c>. Each is the mean, over all pairs
/// or triplets of distinct images, of Huber's loss of the student's value against the teacher's. The angles of a batch of N take memory for
/// N³ numbers.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
/// <param name="Distance">The weight of the distances.</param>
/// <param name="Angle">The weight of the angles; the paper has twice that of the distances.</param>
public sealed record RelationalTerm(
    string Student, string Teacher,
    [property: Range(0, 1e6)] double Distance = 1,
    [property: Range(0, 1e6)] double Angle = 2) : FeatureTerm(Student, Teacher)
{
    /// <summary>The share of the mean square below which a squared distance is none: its root has no gradient.</summary>
    private const double Coincidence = 1e-12;

    /// <inheritdoc/>
    public override void Validate(string field)
    {
        base.Validate(field);
        Require(Distance + Angle > 0, $"{field}.distance", "above 0 where angle is 0", Distance);
    }

    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (Compute, null);

    /// <summary>The loss, a scalar, of embeddings [N, C] and [N, D], or of maps, whose means over all positions they are.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Compute(Tensor student, Tensor teacher)
    {
        using var scope = NewDisposeScope();
        var count = student.shape[0];
        var (studentEmbedding, teacherEmbedding) = FeatureMaps.Embed(student, teacher);
        var (ofStudent, ofTeacher) = (new Relations(studentEmbedding), new Relations(teacherEmbedding));
        var loss = Huber(ofStudent.Distances(), ofTeacher.Distances(), Distance, count * (count - 1));
        if (Angle > 0)
            loss = loss.add(Huber(ofStudent.Cosines(), ofTeacher.Cosines(), Angle, count * (count - 1) * (count - 2)), Number.One);
        return loss.to(studentEmbedding.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor Huber(Tensor student, Tensor teacher, double weight, long count) =>
        nn.functional.smooth_l1_loss(student, teacher, nn.Reduction.Sum).mul(Number.Of(weight / Math.Max(count, 1)));

    /// <summary>Pairs and triplets by the inner products, in double precision, because they are differences of large numbers.</summary>
    private readonly struct Relations
    {
        private readonly Tensor products;
        private readonly Tensor squares;
        private readonly Tensor squaredDistances;
        private readonly Tensor isNone;

        public Relations(Tensor embeddings)
        {
            var precise = embeddings.to(ScalarType.Float64);
            products = precise.matmul(precise.t());
            squares = products.diagonal();
            var differences = squares.unsqueeze(0).add(squares.unsqueeze(1), Number.One).sub(products.mul(Number.Two));
            isNone = differences.le(squares.mean().mul(Number.Of(Coincidence)));
            squaredDistances = differences.masked_fill(isNone, Number.One);
        }

        /// <summary>[N, N], in units of their mean over distinct images.</summary>
        public Tensor Distances()
        {
            var distances = squaredDistances.sqrt().masked_fill(isNone, Number.Of(0L));
            var count = distances.shape[0];
            return distances.div(distances.sum().div(Number.Of(Math.Max(count * (count - 1), 1))).clamp_min(Number.Of(1e-30)));
        }

        /// <summary>[N, N, N]: first the image at the angle, then the two that it is between; 0 unless the three are distinct.</summary>
        public Tensor Cosines()
        {
            var inverse = squaredDistances.rsqrt().masked_fill(isNone, Number.Of(0L));
            var dots = products.unsqueeze(0).sub(products.unsqueeze(2)).sub(products.unsqueeze(1))
                .add(squares.unsqueeze(1).unsqueeze(2), Number.One);
            var isOneImage = eye(products.shape[0], dtype: ScalarType.Bool, device: products.device).unsqueeze(0);
            return dots.mul(inverse.unsqueeze(2)).mul(inverse.unsqueeze(1)).masked_fill(isOneImage, Number.Of(0L));
        }
    }
}
