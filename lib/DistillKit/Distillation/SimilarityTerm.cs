namespace DistillKit.Distillation;

/// <summary>Similarity-preserving distillation (Tung and Mori 2019, arXiv:1907.09682): images that are similar to the teacher must be
/// similar to the student. <c>G = Q Q'</c>, with Q the maps as rows [N, C H W] and each row of G then brought to length 1; the loss is
/// <c>sum((G_student - G_teacher)²) / N²</c>. Channels and resolutions may differ.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
public sealed record SimilarityTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (Compute, null);

    /// <summary>The loss of maps [N, C, H, W] and [N, D, I, J]: a scalar from 0 to 4 / N.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Compute(Tensor studentMap, Tensor teacherMap)
    {
        FeatureMaps.Require(studentMap, teacherMap);
        using var scope = NewDisposeScope();
        return Similarities(studentMap).sub(Similarities(teacherMap.detach())).pow(Number.Two).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Similarities(Tensor map)
    {
        var rows = map.flatten(1);
        return Vectors.Normalize(rows.matmul(rows.t()), 1, degree: 2);
    }
}
