using System.Text.Json.Serialization;
using TorchSharp.Modules;

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

    /// <summary>Makes the optimizer of a network's parameters.</summary>
    public Optimizer Create(IReadOnlyList<Parameter> parameters) => Kind switch
    {
        OptimizerKind.Sgd => new StochasticGradientDescent(parameters, LearningRate, Momentum, WeightDecay),
        OptimizerKind.AdamW => new AdamW(parameters, LearningRate, WeightDecay),
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "unknown optimizer"),
    };
}
