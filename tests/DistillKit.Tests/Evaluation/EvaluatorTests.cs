using DistillKit.Evaluation;
using DistillKit.Models;
using static TorchSharp.torch;

namespace DistillKit.Tests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private static readonly string[] Names = ["a", "b"];

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batches_add_up_and_the_mode_and_statistics_stay(bool training)
    {
        using var model = new ResNetSpec { Blocks = [1], Width = 0.125, Classes = 2 }.Build();
        model.train(training);
        var images = rand(5, 3, 8, 8);
        var labels = tensor(new long[] { 0, 1, 0, 1, 1 });

        var whole = Evaluator.Evaluate(model, [(images, labels)], Names);
        var parts = Evaluator.Evaluate(model, [(images.narrow(0, 0, 3), labels.narrow(0, 0, 3)), (images.narrow(0, 3, 2), labels.narrow(0, 3, 2))], Names);

        Assert.Equal(5, whole.Count);
        Assert.Equal(whole.CrossEntropy, parts.CrossEntropy, tolerance: 1e-5);
        Assert.Equal(whole.Confusion, parts.Confusion);
        Assert.Equal(training, model.training);
        Assert.Equal(0, model.state_dict()["bn1.num_batches_tracked"].item<long>());
        Assert.True(rand(1).requires_grad_().mul(2).requires_grad);
    }

    [Fact]
    public void The_mode_is_restored_after_an_error()
    {
        using var model = new ResNetSpec { Blocks = [1], Width = 0.125, Classes = 2 }.Build();
        Assert.Throws<UserException>(() => Evaluator.Evaluate(model, [], Names));
        Assert.True(model.training);
    }
}
