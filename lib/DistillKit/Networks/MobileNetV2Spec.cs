using System.Text.Json.Serialization;
using DistillKit.Graphs;

namespace DistillKit.Networks;

/// <summary>MobileNetV2, inverted residuals with linear bottlenecks (Sandler et al. 2018, arXiv:1801.04381).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MobileNetV2Spec : ModelSpec
{
    private static readonly int[] PublishedStrides = [1, 2, 2, 2, 1, 2, 1];

    /// <summary>The stride of the first block of each of the seven stages. Not given: 1, 2, 2, 2, 1, 2, 1 as published.</summary>
    public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>The nonlinearity: ReLU6 as published, or ReLU, which is as good and faster.</summary>
    public Activation Activation { get; init; } = Activation.ReLU6;

    /// <summary>The probability to drop a feature before the last layer, in [0, 1).</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Starts the last norm of every block that adds its input at zero, so that it starts as the identity (Goyal et al. 2017, arXiv:1706.02677).</summary>
    public bool ZeroInitResidual { get; init; }

    internal IReadOnlyList<int> StageStrides => Strides ?? PublishedStrides;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        var areStrides = Strides is null || (Strides.Count == PublishedStrides.Length && Strides.All(stride => stride is 1 or 2));
        Require(Stem != StemKind.CifarPooled, nameof(Stem), "Cifar or ImageNet for MobileNetV2", Stem);
        Require(areStrides, nameof(Strides), "seven numbers, each 1 or 2", Strides);
        Require(Activation is Activation.ReLU or Activation.ReLU6, nameof(Activation), "ReLU or ReLU6", Activation);
        Require(Dropout is >= 0 and < 1, nameof(Dropout), "at least 0 and below 1", Dropout);
    }

    private protected override ImageClassifier Create() => new MobileNetV2(this);
}
