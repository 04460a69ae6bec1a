namespace DistillKit.Distillation;

/// <summary>Learning from a teacher, which is asked only while it has a say (<see cref="DistillationLoss.NeedsTeacher"/>).</summary>
public sealed class DistillationObjective(ITeacher teacher, DistillationLoss loss) : IObjective, IScheduled
{
    private double progress;

    /// <inheritdoc/>
    public nn.Module Adapters => loss;

    /// <inheritdoc/>
    void IScheduled.Begin(double progress) => this.progress = progress;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The loss compares features, but the model has none to tap.</exception>
    public (Tensor Loss, Tensor Logits) Compute(nn.Module<Tensor, Tensor> model, Batch batch)
    {
        var needsTeacher = loss.NeedsTeacher(progress);
        var student = Run(model, batch.Images, needsTeacher ? loss.StudentFeatures : []);
        var said = needsTeacher ? teacher.Answer(batch, loss.TeacherFeatures) : null;
        return (loss.Compute(student, said, batch.Labels, batch.Targets, progress), student.Logits);
    }

    private static NetworkOutput Run(nn.Module<Tensor, Tensor> model, Tensor images, IReadOnlyList<string> features)
    {
        if (features.Count == 0) return new(model.call(images), new Dictionary<string, Tensor>());
        if (model is not ImageClassifier network)
            throw new ArgumentException("Only an image classifier has features; others learn by OnLogits.", nameof(model));
        var (logits, maps) = network.ForwardWithFeatures(images, features);
        return new(logits, features.Zip(maps).ToDictionary());
    }
}
