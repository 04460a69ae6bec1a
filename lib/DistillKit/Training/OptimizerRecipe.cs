using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Training;

/// <summary>The method that turns gradients into updates.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013).</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).</summary>
    AdamW,
}

/// <summary>An optimizer and its numbers.</summary>
/// <param name="Kind">The method.</param>
/// <param name="LearningRate">The peak learning rate, which the schedule scales.</param>
/// <param name="Momentum">Of SGD.</param>
/// <param name="WeightDecay">On the weights of convolutions and linear layers; norms and biases have none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OptimizerRecipe(OptimizerKind Kind = OptimizerKind.Sgd, double LearningRate = 0.2, double Momentum = 0.9, double WeightDecay = 5e-4)
{
    internal void Validate()
    {
        TrainingRecipe.Require(LearningRate is > 0 and < double.PositiveInfinity, "optimizer.learningRate must be above 0");
        TrainingRecipe.Require(Momentum is >= 0 and < 1, "optimizer.momentum must be at least 0 and below 1");
        TrainingRecipe.Require(WeightDecay is >= 0 and < 1, "optimizer.weightDecay must be at least 0 and below 1");
    }

    /// <summary>Makes the optimizer of a network's parameters: one group with weight decay, one without.</summary>
    internal OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
    {
        var (matrices, vectors) = (parameters.Where(p => p.dim() > 1), parameters.Where(p => p.dim() <= 1));
        return Kind == OptimizerKind.AdamW
            ? optim.AdamW([new AdamW.ParamGroup(matrices, LearningRate, weight_decay: WeightDecay), new AdamW.ParamGroup(vectors, LearningRate, weight_decay: 0)], LearningRate)
            : optim.SGD([Descent(matrices, WeightDecay), Descent(vectors, 0)], LearningRate, Momentum, nesterov: Momentum > 0);
    }

    private SGD.ParamGroup Descent(IEnumerable<Parameter> parameters, double weightDecay) =>
        new(parameters, LearningRate, Momentum, weight_decay: weightDecay, nesterov: Momentum > 0);
}
