namespace DistillKit.Quantization.Simulation;

/// <summary>A layer with a weight. When the weight of a convolution is rounded, the norm after it belongs to it: what is deployed is the
/// folded weight, so that is what is rounded, in training too (Krishnamoorthi 2018, arXiv:1806.08342, section 3.2.2). While the norm still
/// follows the batches, the rounded weight is divided by the fold again, which leaves the batches' own statistics to the norm; once it is
/// frozen, the layer computes what the deployed one will.</summary>
internal sealed class WeightedNodeLayer : NodeLayer
{
    // A channel that its norm has switched off would divide by zero.
    private const double SmallestFactor = 1e-6;

    private static readonly long[] PerOutput = [-1, 1, 1, 1];

    private readonly WeightedNode node;
    private readonly double freezeNormsAt;
    // The names of these fields are those in a state dictionary.
    private readonly TensorQuantizer? quantizer;
    private Parameter weight;
    private Parameter? bias;
    private BatchNormalizationNodeLayer? norm;

    public WeightedNodeLayer(WeightedNode node, AwareRecipe? training) : base(node)
    {
        (this.node, freezeNormsAt) = (node, training?.FreezeNormsAt ?? 0);
        quantizer = TensorQuantizer.OfWeight(node, training);
        weight = Trainable(node.Weight);
        bias = node.Bias is null ? null : Trainable(node.Bias);
        RegisterComponents();
    }

    public bool TakesNorm => quantizer is not null && node is ConvNode;

    /// <summary>Makes the norm after this convolution a part of it: the layer's result is then the norm's.</summary>
    public void TakeOver(BatchNormalizationNode next)
    {
        norm = new(next);
        register_module(nameof(norm), norm);
        Name = next.Name;
    }

    public override void Begin(double progress) => norm?.IsFrozen = progress >= freezeNormsAt;

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite)
    {
        using var scope = NewDisposeScope();
        return Compute(inputs[0]).MoveToOuterDisposeScope();
    }

    private Tensor Compute(Tensor input)
    {
        if (quantizer is null) return Apply(input, weight, bias);
        if (norm is null) return Apply(input, quantizer.Apply(weight), bias);
        var factors = norm.Factors;
        if (!training || norm.IsFrozen)
        {
            var folded = norm.FoldedBias(factors);
            var foldedBias = bias is null ? folded : folded.add(bias.mul(factors), Number.One);
            return Apply(input, quantizer.Apply(weight.mul(factors.view(PerOutput))), foldedBias);
        }
        var smallest = full_like(factors, Number.Of(SmallestFactor));
        var safe = where(factors.abs().lt(smallest), smallest, factors).detach().view(PerOutput);
        return norm.Forward([Apply(input, quantizer.Apply(weight.mul(safe)).div(safe), bias)], mayOverwrite: true);
    }

    private Tensor Apply(Tensor input, Tensor factors, Tensor? shift) => node switch
    {
        ConvNode { Stride: var stride, Padding: var padding, Groups: var groups } =>
            nn.functional.conv2d(input, factors, shift, strides: [stride, stride], padding: [padding, padding], groups: groups),
        GemmNode => nn.functional.linear(input, factors, shift!),
        _ => throw new NotSupportedException($"'{node.Name}' cannot run: it is a {node.GetType().Name}."),
    };

    public override IEnumerable<Node> ToNodes()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var deployed = norm is null ? weight : weight.mul(norm.Factors.view(PerOutput));
        var layer = node with
        {
            Weight = Constant.Of(weight),
            Bias = bias is null ? null : Constant.Of(bias),
            WeightQuantization = quantizer?.Parameters(deployed),
        };
        return [layer, .. norm?.ToNodes() ?? []];
    }
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

    /// <summary>What each channel is multiplied by, [C], with its gradient; as in <see cref="FoldBatchNorm"/>.</summary>
    public Tensor Factors => weight.div(running_var.add(Number.Of(node.Epsilon), Number.One).sqrt())
        .mul(running_var.ge(Number.Of(FoldBatchNorm.LeastVariance)));

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
