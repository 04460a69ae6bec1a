using DistillKit.Training;
using static TorchSharp.torch;

namespace DistillKit.Tests.Training;

public sealed class OptimizerRecipeTests
{
    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Norms_and_biases_have_no_weight_decay(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        using var model = TinyTraining.Spec.Build();
        using var optimizer = new Optimizer(new(kind, LearningRate: 0.1, Momentum: 0, WeightDecay: 0.1), [.. model.parameters()]);
        using (no_grad())
        {
            foreach (var parameter in model.parameters()) parameter.fill_(1);
        }
        // With gradients of zero, whatever still moves is decay.
        model.parameters().Select(parameter => parameter.sum()).Aggregate((a, b) => a + b).mul(0).backward();
        optimizer.Step();
        Assert.All(model.named_parameters(), entry =>
            Assert.Equal(entry.parameter.dim() > 1 ? 0.99f : 1, entry.parameter.max().item<float>(), tolerance: 1e-6f));
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Norms_and_biases_may_learn_at_a_multiple_of_the_rate(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        using var model = TinyTraining.Spec.Build();
        var recipe = new OptimizerRecipe(kind, LearningRate: 0.1, Momentum: 0, WeightDecay: 0, NormRate: 4);
        using var optimizer = new Optimizer(recipe, [.. model.parameters()]);
        using (no_grad())
        {
            foreach (var parameter in model.parameters()) parameter.zero_();
        }
        model.parameters().Select(parameter => parameter.sum()).Aggregate((a, b) => a + b).backward();
        optimizer.Step();
        Assert.All(model.named_parameters(), entry =>
            Assert.Equal(entry.parameter.dim() > 1 ? -0.1f : -0.4f, entry.parameter.max().item<float>(), tolerance: 1e-6f));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0)]
    public void Gradient_descent_steps_by_Nesterov_momentum(double momentum)
    {
        using var scope = NewDisposeScope();
        using var model = nn.Linear(1, 1);
        using (no_grad()) model.weight!.fill_(0);
        using var optimizer = new Optimizer(new(LearningRate: 0.1, Momentum: momentum, WeightDecay: 0), [.. model.parameters()]);
        for (var step = 0; step < 2; step++)
        {
            model.zero_grad();
            model.weight!.sum().backward();
            optimizer.Step();
        }
        // Gradient 1: buffers 1 and 1 + m, steps g + m * buffer.
        Assert.Equal(-0.1 * (1 + momentum + 1 + momentum * (1 + momentum)), model.weight!.item<float>(), tolerance: 1e-6);
    }
}
