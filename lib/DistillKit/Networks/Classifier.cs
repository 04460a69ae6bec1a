using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>
/// The head of a network: the mean over all positions, dropout, and a linear layer; [N, C, H, W] to logits [N, classes]. It computes in
/// float32 whatever its input's type, because it costs nothing and the loss needs it.
/// </summary>
public sealed class Classifier : nn.Module<Tensor, Tensor>, IDescribable
{
    private static readonly long[] Positions = [2, 3];

    private Parameter weight;
    private Parameter bias;

    /// <summary>Makes the head with uniform weights and biases in ±1 / sqrt(channels), the engine's default for linear layers.</summary>
    public Classifier(int channels, int classes, double dropout = 0) : base(nameof(Classifier))
    {
        (Channels, Classes, Dropout) = (channels, classes, dropout);
        ParameterBudget.Take(((long)channels + 1) * classes);
        using var scope = NewDisposeScope();
        var bound = 1 / Math.Sqrt(channels);
        weight = new Parameter(rand(classes, channels).mul_(Number.Of(2 * bound)).sub_(Number.Of(bound)));
        bias = new Parameter(rand(classes).mul_(Number.Of(2 * bound)).sub_(Number.Of(bound)));
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Channels in.</summary>
    public int Channels { get; }

    /// <summary>Logits out.</summary>
    public int Classes { get; }

    /// <summary>The probability to drop a channel in training.</summary>
    public double Dropout { get; }

    /// <summary>The weight, [classes, channels].</summary>
    public Tensor Weight => weight;

    /// <summary>The bias, [classes].</summary>
    public Tensor Bias => bias;

    /// <summary>Draws the weight again, from a normal distribution and zeroes the bias, as torchvision's MobileNetV2 starts.</summary>
    public void StartNormal(double deviation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        weight.copy_(randn(Classes, Channels).mul_(Number.Of(deviation)));
        bias.zero_();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var features = input.mean(Positions, type: ScalarType.Float32);
        if (Dropout > 0 && training) features = nn.functional.dropout(features, Dropout);
        return nn.functional.linear(features, weight, bias).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string Describe(GraphBuilder builder, string name, string input) =>
        builder.Gemm(name, builder.GlobalAveragePool($"{name}.pool", input), weight, bias);
}
