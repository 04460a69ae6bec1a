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
public sealed record OptimizerRecipe(
    OptimizerKind Kind = OptimizerKind.Sgd, double LearningRate = 0.2, double Momentum = 0.9, double WeightDecay = 5e-4)
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
        _ => throw new NotSupportedException($"There is no optimizer {Kind}."),
    };
}

/// <summary>
/// Changes a network's parameters by their gradients. Ours, because TorchSharp's optimizers cannot save the momentum of a channels-last
/// weight (they save contiguous tensors only), and leave the numbers that they compute with to the garbage collector (see
/// <see cref="Number"/>).
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly double weightDecay;

    private protected Optimizer(IReadOnlyList<Parameter> parameters, double learningRate, double weightDecay) =>
        (this.parameters, LearningRate, this.weightDecay) = (parameters, learningRate, weightDecay);

    /// <summary>The learning rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>What is remembered of earlier steps, by names that start with the parameter's number.</summary>
    internal abstract IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Updates every parameter that has a gradient.</summary>
    public void Step()
    {
        using var unrecorded = no_grad();
        for (var index = 0; index < parameters.Count; index++)
        {
            using var scope = NewDisposeScope();
            var parameter = parameters[index];
            if (parameter.grad is { } gradient) Update(index, parameter, gradient, parameter.dim() > 1 ? weightDecay : 0);
        }
    }

    /// <summary>Continues where another optimizer of such parameters was.</summary>
    internal void Restore(IReadOnlyDictionary<string, Tensor> saved)
    {
        foreach (var (index, parameter) in parameters.Index())
            Restore(index, parameter, name => saved.GetValueOrDefault($"{index}.{name}"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in State.Values) tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Update(int index, Parameter parameter, Tensor gradient, double decay);

    private protected abstract void Restore(int index, Parameter parameter, Func<string, Tensor?> saved);

    /// <summary>A copy in the layout of the parameter, in which updates are fast.</summary>
    private protected static Tensor Like(Parameter parameter, Tensor values)
    {
        using var unrecorded = no_grad();
        return zeros_like(parameter).copy_(values).DetachFromDisposeScope();
    }

    private protected static Dictionary<string, Tensor> Named(string name, IEnumerable<Tensor?> tensors) =>
        tensors.Index().Where(entry => entry.Item is not null).ToDictionary(entry => $"{entry.Index}.{name}", entry => entry.Item!);
}

/// <summary>Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013), as PyTorch's SGD computes it.</summary>
internal sealed class StochasticGradientDescent(
    IReadOnlyList<Parameter> parameters, double learningRate, double momentum, double weightDecay)
    : Optimizer(parameters, learningRate, weightDecay)
{
    private const string Velocity = "momentum_buffer";

    private readonly Tensor?[] velocities = new Tensor?[parameters.Count];

    internal override IReadOnlyDictionary<string, Tensor> State => Named(Velocity, velocities);

    private protected override void Update(int index, Parameter parameter, Tensor gradient, double decay)
    {
        if (decay != 0) gradient = gradient.add(parameter, Number.Of(decay));
        if (momentum != 0)
        {
            if (velocities[index] is { } velocity) velocity.mul_(Number.Of(momentum)).add_(gradient, Number.One);
            else velocities[index] = velocity = gradient.clone().DetachFromDisposeScope();
            gradient = gradient.add(velocity, Number.Of(momentum));
        }
        parameter.add_(gradient, Number.Of(-LearningRate));
    }

    private protected override void Restore(int index, Parameter parameter, Func<string, Tensor?> saved)
    {
        if (saved(Velocity) is { } velocity) velocities[index] = Like(parameter, velocity);
    }
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), as PyTorch's AdamW computes it.</summary>
internal sealed class AdamW(IReadOnlyList<Parameter> parameters, double learningRate, double weightDecay)
    : Optimizer(parameters, learningRate, weightDecay)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private const string First = "exp_avg";
    private const string Second = "exp_avg_sq";
    private const string Steps = "step";

    private readonly Tensor?[] means = new Tensor?[parameters.Count];
    private readonly Tensor?[] squares = new Tensor?[parameters.Count];
    private readonly long[] steps = new long[parameters.Count];

    internal override IReadOnlyDictionary<string, Tensor> State =>
        Named(First, means).Concat(Named(Second, squares))
            .Concat(Named(Steps, means.Zip(steps, (mean, step) => mean is null ? null : tensor(step)))).ToDictionary();

    private protected override void Update(int index, Parameter parameter, Tensor gradient, double decay)
    {
        var mean = means[index] ??= zeros_like(parameter).DetachFromDisposeScope();
        var square = squares[index] ??= zeros_like(parameter).DetachFromDisposeScope();
        var step = ++steps[index];
        parameter.mul_(Number.Of(1 - LearningRate * decay));
        mean.mul_(Number.Of(Beta1)).add_(gradient, Number.Of(1 - Beta1));
        square.mul_(Number.Of(Beta2)).addcmul_(gradient, gradient, Number.Of(1 - Beta2));
        var deviation = square.sqrt().div_(Number.Of(Math.Sqrt(1 - Math.Pow(Beta2, step)))).add_(Number.Of(Epsilon), Number.One);
        parameter.addcdiv_(mean, deviation, Number.Of(-LearningRate / (1 - Math.Pow(Beta1, step))));
    }

    private protected override void Restore(int index, Parameter parameter, Func<string, Tensor?> saved)
    {
        if (saved(First) is not { } mean) return;
        (means[index], squares[index]) = (Like(parameter, mean), Like(parameter, saved(Second)!));
        steps[index] = saved(Steps)!.item<long>();
    }
}

/// <summary>What is done to gradients before a step.</summary>
internal static class Gradients
{
    private const double Epsilon = 1e-6;

    /// <summary>Scales all gradients by one factor, to a norm of at most the given one (Pascanu et al. 2013, arXiv:1211.5063).</summary>
    public static void Clip(IEnumerable<Parameter> parameters, double norm)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length == 0) return;
        var found = stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();
        if (found <= norm) return;
        foreach (var gradient in gradients) gradient.mul_(Number.Of(norm / (found + Epsilon)));
    }
}
