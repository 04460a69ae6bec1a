using DistillKit.Graphs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>A linear layer; its weight may be rounded.</summary>
internal sealed class LinearLayer : NodeLayer
{
    private readonly LinearNode node;
    private readonly WeightQuantizer? quantizer;
    private Parameter weight;
    private Parameter? bias;

    public LinearLayer(LinearNode node, WeightQuantizer? quantizer) : base(node)
    {
        (this.node, this.quantizer) = (node, quantizer);
        weight = Trainable(node.Weight);
        bias = node.Bias is null ? null : Trainable(node.Bias);
        RegisterComponents();
    }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(inputs[0], quantizer is null ? weight : quantizer.Apply(weight), bias!).MoveToOuterDisposeScope();
    }

    public override IEnumerable<Node> ToNodes() =>
        [node with { Weight = Constant.Of(weight), Bias = bias is null ? null : Constant.Of(bias), WeightQuantization = quantizer?.Parameters(weight) }];
}
