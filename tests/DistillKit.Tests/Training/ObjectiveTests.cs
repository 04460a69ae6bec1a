using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Networks;
using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class ObjectiveTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();
    private readonly ImageClassifier student = TinyTraining.Spec.Build();
    private readonly ImageClassifier teacher = TinyTraining.Spec.Build();
    private readonly Batch batch = new(rand(6, 3, 8, 8), tensor((long[])[0, 1, 2, 3, 0, 1]));

    public void Dispose()
    {
        student.Dispose();
        teacher.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Only_the_student_gets_gradients_and_the_teacher_keeps_its_statistics()
    {
        var before = TinyTraining.Copy(teacher);
        var (loss, logits) = new DistillationObjective(new LiveTeacher([teacher]), new(alpha: 0.9, temperature: 4)).Compute(student, batch);
        loss.backward();
        Assert.Equal([6, 4], logits.shape);
        Assert.All(student.parameters(), parameter => Assert.NotNull(parameter.grad));
        Assert.All(teacher.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.False(teacher.training);
        Assert.True(student.training);
        TinyTraining.AssertSame(before, teacher.state_dict());
    }

    [Fact]
    public void The_teacher_sees_the_students_images()
    {
        ModelState.Assign(student.state_dict(), teacher.state_dict());
        student.eval();
        var objective = new DistillationObjective(new LiveTeacher([teacher]), new(alpha: 1, temperature: 2));
        Assert.Equal(0, objective.Compute(student, batch).Loss.item<float>(), tolerance: 1e-6f);
    }

    [Fact]
    public void The_teacher_may_see_them_smaller_but_never_larger()
    {
        ModelState.Assign(student.state_dict(), teacher.state_dict());
        student.eval();
        float Loss(int resolution) =>
            new DistillationObjective(new LiveTeacher([teacher], resolution), new(alpha: 1, temperature: 2))
            .Compute(student, batch).Loss.item<float>();
        Assert.True(Loss(4) > 1e-6f);
        Assert.Equal(0, Loss(16), tolerance: 1e-6f);
    }

    [Fact]
    public void Both_objectives_learn_from_mixed_targets_where_there_are_some()
    {
        var mixed = batch with { Targets = ones(6, 4).div(4) };
        student.eval(); // the same logits each time
        var distillation = new DistillationObjective(new LiveTeacher([teacher]), new(alpha: 0, temperature: 1));
        foreach (var objective in (IObjective[])[new SupervisedObjective(0), distillation])
        {
            var (loss, logits) = objective.Compute(student, mixed);
            Assert.Equal(-logits.log_softmax(1).mean().item<float>(), loss.item<float>(), tolerance: 1e-5f);
        }
    }

    [Fact]
    public void Label_smoothing_raises_the_loss_of_a_sure_answer()
    {
        student.eval();
        using (no_grad()) student.state_dict()["fc.bias"].copy_(tensor((float[])[100, 0, 0, 0]));
        var sure = batch with { Labels = zeros(6, dtype: ScalarType.Int64) };
        Assert.True(new SupervisedObjective(0).Compute(student, sure).Loss.item<float>() < 0.1);
        Assert.True(new SupervisedObjective(0.1).Compute(student, sure).Loss.item<float>() > 5);
    }
}
