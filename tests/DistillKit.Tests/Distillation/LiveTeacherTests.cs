using DistillKit.Data;
using DistillKit.Distillation;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Tests.Distillation;

public sealed class LiveTeacherTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();
    private readonly ImageClassifier first = TinyTraining.Network(seed: 1);
    private readonly ImageClassifier second = TinyTraining.Network(seed: 2);
    private readonly Batch batch = new(rand(6, 3, 8, 8), zeros(6, dtype: ScalarType.Int64));

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Several_teachers_answer_with_the_geometric_mean_of_their_predictions()
    {
        var answer = new LiveTeacher([first, second]).Answer(batch, []).Logits;
        var predictions = first.call(batch.Images).div(4).softmax(1).mul(second.call(batch.Images).div(4).softmax(1)).sqrt();
        Assert.True(predictions.div(predictions.sum(1, keepdim: true)).allclose(answer.div(4).softmax(1), atol: 1e-6));
    }

    [Fact]
    public void Features_are_the_first_teachers_in_the_order_asked_for()
    {
        var answer = new LiveTeacher([first, second]).Answer(batch, ["layer1", "stem"]);
        Assert.Equal(["layer1", "stem"], answer.Features.Keys);
        var (_, maps) = first.ForwardWithFeatures(batch.Images, ["stem"]);
        Assert.True(maps[0].allclose(answer.Features["stem"]));
        Assert.False(answer.Logits.requires_grad);
    }

    [Fact]
    public void Teachers_of_different_classes_are_refused()
    {
        using var other = TinyTraining.Network(TinyTraining.Spec with { Classes = 3 });
        Assert.Contains("4, 3 classes", Assert.Throws<UserException>(() => new LiveTeacher([first, other])).Message);
        Assert.Throws<ArgumentException>(() => new LiveTeacher([]));
    }
}
