namespace DistillKit.Training;

/// <summary>The shapes that losses accept. A mistake here is the calling program's, so it is not a <see cref="UserException"/>.</summary>
internal static class Shapes
{
    /// <exception cref="ArgumentException">The targets are neither [N] of int64 nor [N, K] of the logits' type.</exception>
    public static void RequireTargets(Tensor logits, Tensor targets)
    {
        var shape = logits.shape;
        if (shape.Length != 2) throw new ArgumentException($"Logits must be [N, K], but are {Show(logits)}.", nameof(logits));
        var areLabels = targets.dtype == ScalarType.Int64 && targets.shape.AsSpan().SequenceEqual([shape[0]]);
        var areSoft = targets.dtype == logits.dtype && targets.shape.AsSpan().SequenceEqual(shape);
        if (areLabels || areSoft) return;
        var rule = $"int64 class indices [N] or {logits.dtype} probabilities [N, K]";
        throw new ArgumentException($"Targets for logits {Show(logits)} must be {rule}, but are {targets.dtype} {Show(targets)}.");
    }

    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void RequireSame(Tensor student, Tensor teacher)
    {
        if (!student.shape.AsSpan().SequenceEqual(teacher.shape))
            throw new ArgumentException($"Logits of student {Show(student)} and teacher {Show(teacher)} must have one shape.");
    }

    /// <exception cref="ArgumentException">They are not two [N, C, H, W] of one batch.</exception>
    public static void RequireMaps(Tensor student, Tensor teacher)
    {
        if (student.dim() != 4 || teacher.dim() != 4)
        {
            var found = $"those of student and teacher are {Show(student)} and {Show(teacher)}";
            throw new ArgumentException($"Feature maps must be [N, C, H, W], but {found}.");
        }
        RequireSameBatch(student, teacher);
    }

    /// <exception cref="ArgumentException">The numbers of images differ.</exception>
    public static void RequireSameBatch(Tensor student, Tensor teacher)
    {
        if (student.shape[0] != teacher.shape[0])
            throw new ArgumentException($"Features of student {Show(student)} and teacher {Show(teacher)} must be of the same images.");
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
