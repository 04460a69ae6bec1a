namespace DistillKit.Distillation;

/// <summary>Attention transfer (Zagoruyko and Komodakis 2017, arXiv:1612.03928): where do the networks look? A map's attention is
/// <c>Q = sum over channels of A²</c> at each position, as a vector of length 1; the loss is <c>sum((Q_student - Q_teacher)²)</c>, the mean
/// over the batch. As in the authors' program the distance is squared (the paper has the distance itself, whose gradient is undefined at
/// 0); that program also divides by the number of positions.</summary>
/// <inheritdoc cref="FeatureTerm" path="/param"/>
public sealed record AttentionTerm(string Student, string Teacher) : FeatureTerm(Student, Teacher)
{
    /// <inheritdoc/>
    protected override (Func<Tensor, Tensor, Tensor> Compute, nn.Module? Adapter) Build(int studentChannels, int teacherChannels) =>
        (Compute, null);

    /// <summary>The loss of maps [N, C, H, W] and [N, D, I, J], from 0 to 2. The larger map is averaged down to the smaller.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Compute(Tensor studentMap, Tensor teacherMap)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = FeatureMaps.Align(studentMap, teacherMap);
        var difference = Attention(student).sub(Attention(teacher));
        return difference.pow(Number.Two).sum().div(Number.Of(studentMap.shape[0])).MoveToOuterDisposeScope();
    }

    private static Tensor Attention(Tensor map) => Vectors.Normalize(map.pow(Number.Two).sum(1).flatten(1), 1, degree: 2);
}
