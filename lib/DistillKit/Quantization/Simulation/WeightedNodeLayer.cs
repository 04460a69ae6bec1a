using DistillKit.Graphs;

namespace DistillKit.Quantization.Simulation;

/// <summary>A layer with a weight, which may be rounded.</summary>
internal abstract class WeightedNodeLayer : NodeLayer
{
    // The names of the fields are those in a state dictionary.
    private protected readonly TensorQuantizer? quantizer;
    private protected Parameter weight;
    private protected Parameter? bias;
    private readonly WeightedNode node;

    private protected WeightedNodeLayer(WeightedNode node, AwareRecipe? training) : base(node)
    {
        this.node = node;
        quantizer = TensorQuantizer.OfWeight(node, training);
        weight = Trainable(node.Weight);
        bias = node.Bias is null ? null : Trainable(node.Bias);
        RegisterComponents();
    }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite)
    {
        using var scope = NewDisposeScope();
        return Compute(inputs[0]).MoveToOuterDisposeScope();
    }

    private protected abstract Tensor Compute(Tensor input);

    /// <summary>The weight as it is deployed.</summary>
    private protected virtual Tensor Deployed => weight;

    public override IEnumerable<Node> ToNodes()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return [node with
        {
            Weight = Constant.Of(weight),
            Bias = bias is null ? null : Constant.Of(bias),
            WeightQuantization = quantizer?.Parameters(Deployed),
        }];
    }
}

/// <summary>A linear layer.</summary>
internal sealed class GemmNodeLayer(GemmNode node, AwareRecipe? training) : WeightedNodeLayer(node, training)
{
    private protected override Tensor Compute(Tensor input) =>
        nn.functional.linear(input, quantizer is null ? weight : quantizer.Apply(weight), bias!);
}

/// <summary>A convolution; when its weight is rounded, the norm after it belongs to it. What is deployed is the folded weight, so that is
/// what is rounded, in training too (Krishnamoorthi 2018, arXiv:1806.08342, section 3.2.2): while the norm still follows the batches, the
/// rounded weight is divided by the fold again, which leaves the batches' own statistics to the norm; once it is frozen, the layer computes
/// what the deployed one will.</summary>
internal sealed class ConvNodeLayer(ConvNode node, AwareRecipe? training) : WeightedNodeLayer(node, training)
{
    // A channel that its norm has switched off would divide by zero.
    private const double SmallestFactor = 1e-6;

    private static readonly long[] PerOutput = [-1, 1, 1, 1];

    private readonly double freezeNormsAt = training?.FreezeNormsAt ?? 0;
    private readonly long[] strides = [node.Stride, node.Stride];
    private readonly long[] paddings = [node.Padding, node.Padding];
    private BatchNormalizationNodeLayer? norm;

    public bool IsQuantized => quantizer is not null;

    /// <summary>Makes the norm after this convolution a part of it: the layer's result is then the norm's.</summary>
    public void TakeOver(BatchNormalizationNode next)
    {
        norm = new(next);
        register_module(nameof(norm), norm);
        Name = next.Name;
    }

    public override void Begin(double progress) => norm?.IsFrozen = progress >= freezeNormsAt;

    private protected override Tensor Compute(Tensor input)
    {
        if (quantizer is null) return Convolve(input, weight, bias);
        if (norm is null) return Convolve(input, quantizer.Apply(weight), bias);
        var factors = norm.Factors;
        if (!base.training || norm.IsFrozen)
        {
            var folded = norm.FoldedBias(factors);
            var foldedBias = bias is null ? folded : folded.add(bias.mul(factors), Number.One);
            return Convolve(input, quantizer.Apply(weight.mul(factors.view(PerOutput))), foldedBias);
        }
        var smallest = full_like(factors, Number.Of(SmallestFactor));
        var safe = where(factors.abs().lt(smallest), smallest, factors).detach().view(PerOutput);
        return norm.Forward([Convolve(input, quantizer.Apply(weight.mul(safe)).div(safe), bias)], mayOverwrite: true);
    }

    private Tensor Convolve(Tensor input, Tensor kernel, Tensor? shift) =>
        nn.functional.conv2d(input, kernel, shift, strides: strides, padding: paddings, groups: node.Groups);

    private protected override Tensor Deployed => norm is null ? weight : weight.mul(norm.Factors.view(PerOutput));

    public override IEnumerable<Node> ToNodes() => norm is null ? base.ToNodes() : base.ToNodes().Concat(norm.ToNodes());
}

/// <summary>A batch norm that has not been folded.</summary>
internal sealed class BatchNormalizationNodeLayer : NodeLayer
{
    private readonly BatchNormalizationNode node;
    private Parameter weight;
    private Parameter bias;
    private Tensor running_mean;
    private Tensor running_var;

    public BatchNormalizationNodeLayer(BatchNormalizationNode node) : base(node)
    {
        this.node = node;
        weight = Trainable(node.Scale);
        bias = Trainable(node.Shift);
        running_mean = node.Mean.ToTensor().DetachFromDisposeScope();
        running_var = node.Variance.ToTensor().DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>What each channel is multiplied by, [C], with its gradient.</summary>
    public Tensor Factors => weight.div(running_var.add(Number.Of(node.Epsilon), Number.One).sqrt());

    /// <summary>What is added to a convolution whose weight was multiplied by the factors, [C].</summary>
    public Tensor FoldedBias(Tensor factors) => bias.sub(running_mean.mul(factors));

    /// <summary>Uses and keeps the running statistics, in training too.</summary>
    public bool IsFrozen { get; set; }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) => nn.functional.batch_norm(
        inputs[0], running_mean, running_var, weight, bias, training && !IsFrozen, momentum: 0.1, node.Epsilon);

    public override IEnumerable<Node> ToNodes() => [node with
    {
        Scale = Constant.Of(weight),
        Shift = Constant.Of(bias),
        Mean = Constant.Of(running_mean),
        Variance = Constant.Of(running_var),
    }];
}
