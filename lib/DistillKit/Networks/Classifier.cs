namespace DistillKit.Networks;

/// <summary>A head, [N, C, H, W] to logits [N, classes], in float32: the mean over positions, dropout, a linear layer.</summary>
public sealed class Classifier : nn.Module<Tensor, Tensor>, IDescribable
{
    private static readonly long[] Positions = [2, 3];

    private readonly double dropout;
    private Parameter weight;
    private Parameter bias;

    /// <summary>Makes the head with uniform weights and biases in ±1 / sqrt(channels), the engine's default for linear layers.</summary>
    /// <param name="dropout">The probability to drop a channel in training.</param>
    public Classifier(int channels, int classes, double dropout = 0) : base(nameof(Classifier))
    {
        this.dropout = dropout;
        ParameterBudget.Take(((long)channels + 1) * classes);
        using var scope = NewDisposeScope();
        var bound = 1 / Math.Sqrt(channels);
        weight = new Parameter(rand(classes, channels).mul_(Number.Of(2 * bound)).sub_(Number.Of(bound)));
        bias = new Parameter(rand(classes).mul_(Number.Of(2 * bound)).sub_(Number.Of(bound)));
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Draws the weight again, from a normal distribution, and zeroes the bias, as torchvision's MobileNetV2 starts.</summary>
    internal void StartNormal(double deviation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        weight.copy_(randn(weight.shape).mul_(Number.Of(deviation)));
        bias.zero_();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input.mean(Positions, type: ScalarType.Float32);
        if (dropout > 0 && training) features = nn.functional.dropout(features, dropout);
        return nn.functional.linear(features, weight, bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Gemm(name, builder.GlobalAveragePool($"{name}.pool", input), weight, bias);
}
