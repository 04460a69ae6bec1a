namespace DistillKit.Training;

/// <summary>The method that turns gradients into updates.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum (Sutskever et al. 2013), as PyTorch's SGD computes it.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), as PyTorch's AdamW computes it.</summary>
    AdamW,
}

/// <summary>An optimizer and its numbers.</summary>
/// <param name="LearningRate">The peak learning rate, which the schedule scales.</param>
/// <param name="Momentum">Of SGD.</param>
/// <param name="WeightDecay">On the weights of convolutions and linear layers; norms and biases have none.</param>
/// <param name="NormRate">The learning rate of norms and biases as a multiple of the others' (Jordan 2024, arXiv:2404.00498).</param>
public sealed record OptimizerRecipe(
    OptimizerKind Kind = OptimizerKind.Sgd,
    [property: Range(0, 1e6, MinimumIsExclusive = true)] double LearningRate = 0.2,
    [property: Range(0, 1, MaximumIsExclusive = true)] double Momentum = 0.9,
    [property: Range(0, 1, MaximumIsExclusive = true)] double WeightDecay = 5e-4,
    [property: Range(0, 1e3, MinimumIsExclusive = true)] double NormRate = 1);

/// <summary>Changes a network's parameters by their gradients. Ours, because TorchSharp's optimizers cannot save the momentum of a
/// channels-last weight (they save contiguous tensors only), and leave the numbers that they compute with to the garbage collector (see
/// <see cref="Number"/>).</summary>
public sealed class Optimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private const double NormEpsilon = 1e-6;

    private readonly OptimizerRecipe recipe;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly Dictionary<string, Tensor> state = [];

    /// <summary>Makes the optimizer of a network's parameters.</summary>
    public Optimizer(OptimizerRecipe recipe, IReadOnlyList<Parameter> parameters) =>
        (this.recipe, this.parameters, LearningRate) = (recipe, parameters, recipe.LearningRate);

    /// <summary>The learning rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>What is remembered of earlier steps, by the parameter's number and PyTorch's name.</summary>
    internal IReadOnlyDictionary<string, Tensor> State => state;

    /// <summary>Scales all gradients by one factor, to a norm of at most the given one (Pascanu et al. 2013, arXiv:1211.5063).</summary>
    public void Clip(double norm)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length == 0) return;
        var found = stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();
        if (found <= norm) return;
        foreach (var gradient in gradients) gradient.mul_(Number.Of(norm / (found + NormEpsilon)));
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    public void Step()
    {
        using var unrecorded = no_grad();
        Action<int, Parameter, Tensor, (double Rate, double Decay)> update = recipe.Kind switch
        {
            OptimizerKind.Sgd => Descend,
            OptimizerKind.AdamW => Adapt,
            _ => throw new NotSupportedException($"There is no optimizer {recipe.Kind}."),
        };
        foreach (var (index, parameter) in parameters.Index())
        {
            using var scope = NewDisposeScope();
            var numbers = parameter.dim() > 1 ? (LearningRate, recipe.WeightDecay) : (LearningRate * recipe.NormRate, 0);
            if (parameter.grad is { } gradient) update(index, parameter, gradient, numbers);
        }
    }

    /// <summary>Continues where another optimizer of such parameters was.</summary>
    internal void Restore(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var scope = NewDisposeScope();
        using var unrecorded = no_grad();
        foreach (var (name, values) in saved)
        {
            // In the layout of the parameter, in which updates are fast.
            var parameter = parameters[int.Parse(name[..name.IndexOf('.')], CultureInfo.InvariantCulture)];
            var copy = values.dim() == 0 ? values.clone() : zeros_like(parameter).copy_(values.reshape(parameter.shape));
            state[name] = copy.DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ModelState.Free(state);

    private void Descend(int index, Parameter parameter, Tensor gradient, (double Rate, double Decay) numbers)
    {
        if (numbers.Decay != 0) gradient = gradient.add(parameter, Number.Of(numbers.Decay));
        if (recipe.Momentum != 0)
        {
            var name = $"{index}.momentum_buffer";
            if (state.TryGetValue(name, out var velocity)) velocity.mul_(Number.Of(recipe.Momentum)).add_(gradient, Number.One);
            else state[name] = velocity = gradient.clone().DetachFromDisposeScope();
            gradient = gradient.add(velocity, Number.Of(recipe.Momentum));
        }
        parameter.add_(gradient, Number.Of(-numbers.Rate));
    }

    private void Adapt(int index, Parameter parameter, Tensor gradient, (double Rate, double Decay) numbers)
    {
        var mean = Remembered($"{index}.exp_avg", () => zeros_like(parameter));
        var square = Remembered($"{index}.exp_avg_sq", () => zeros_like(parameter));
        var steps = Remembered($"{index}.step", () => tensor(0L)).add_(Number.One, Number.One).item<long>();
        parameter.mul_(Number.Of(1 - numbers.Rate * numbers.Decay));
        mean.mul_(Number.Of(Beta1)).add_(gradient, Number.Of(1 - Beta1));
        square.mul_(Number.Of(Beta2)).addcmul_(gradient, gradient, Number.Of(1 - Beta2));
        var deviation = square.sqrt().div_(Number.Of(Math.Sqrt(1 - Math.Pow(Beta2, steps)))).add_(Number.Of(Epsilon), Number.One);
        parameter.addcdiv_(mean, deviation, Number.Of(-numbers.Rate / (1 - Math.Pow(Beta1, steps))));
    }

    private Tensor Remembered(string name, Func<Tensor> start)
    {
        if (!state.TryGetValue(name, out var tensor)) state[name] = tensor = start().DetachFromDisposeScope();
        return tensor;
    }
}
