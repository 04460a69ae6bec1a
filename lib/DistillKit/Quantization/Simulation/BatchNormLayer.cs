using DistillKit.Graphs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>A batch norm that has not been folded.</summary>
internal sealed class BatchNormLayer : NodeLayer
{
    private readonly BatchNormNode node;
    private Parameter weight;
    private Parameter bias;
    private Tensor running_mean;
    private Tensor running_var;

    public BatchNormLayer(BatchNormNode node) : base(node)
    {
        this.node = node;
        weight = Trainable(node.Scale);
        bias = Trainable(node.Shift);
        running_mean = Kept(node.Mean);
        running_var = Kept(node.Variance);
        RegisterComponents();
    }

    /// <summary>What each channel is multiplied by, [C], with its gradient.</summary>
    public Tensor Factors => weight.div(running_var.add(Number.Of(node.Epsilon), Number.One).sqrt());

    /// <summary>What is added to a convolution whose weight was multiplied by the factors, [C].</summary>
    public Tensor FoldedBias(Tensor factors) => bias.sub(running_mean.mul(factors));

    /// <summary>Uses and keeps the running statistics, in training too.</summary>
    public bool IsFrozen { get; set; }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) =>
        nn.functional.batch_norm(inputs[0], running_mean, running_var, weight, bias, training && !IsFrozen, momentum: 0.1, node.Epsilon);

    public override IEnumerable<Node> ToNodes() =>
        [node with { Scale = Constant.Of(weight), Shift = Constant.Of(bias), Mean = Constant.Of(running_mean), Variance = Constant.Of(running_var) }];
}
