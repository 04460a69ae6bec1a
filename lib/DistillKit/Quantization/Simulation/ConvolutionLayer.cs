using DistillKit.Graphs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>
/// A convolution; its weight may be rounded, and then the norm after it belongs to it. What is deployed is the folded weight, so that is what is rounded, in
/// training too (Krishnamoorthi 2018, arXiv:1806.08342, section 3.2.2): while the norm still follows the batches, the rounded weight is divided by the fold
/// again, which leaves the batches' own statistics to the norm; once it is frozen, the layer computes what the deployed one will.
/// </summary>
internal sealed class ConvolutionLayer : NodeLayer
{
    // A channel that its norm has switched off would divide by zero.
    private const double SmallestFactor = 1e-6;

    private readonly ConvolutionNode node;
    private readonly WeightQuantizer? quantizer;
    private readonly double freezeNormsAt;
    private readonly long[] strides;
    private readonly long[] paddings;
    private Parameter weight;
    private Parameter? bias;
    private BatchNormLayer? norm;

    public ConvolutionLayer(ConvolutionNode node, WeightQuantizer? quantizer, double freezeNormsAt) : base(node)
    {
        (this.node, this.quantizer, this.freezeNormsAt) = (node, quantizer, freezeNormsAt);
        (strides, paddings) = ([node.Stride, node.Stride], [node.Padding, node.Padding]);
        weight = Trainable(node.Weight);
        bias = node.Bias is null ? null : Trainable(node.Bias);
        RegisterComponents();
    }

    public bool IsQuantized => quantizer is not null;

    /// <summary>Makes the norm after this convolution a part of it: the layer's result is then the norm's.</summary>
    public void TakeOver(BatchNormNode after)
    {
        norm = new(after);
        register_module(nameof(norm), norm);
        Name = after.Name;
    }

    public override void Begin(double progress)
    {
        norm?.IsFrozen = progress >= freezeNormsAt;
    }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite)
    {
        using var scope = NewDisposeScope();
        return Compute(inputs[0]).MoveToOuterDisposeScope();
    }

    private Tensor Compute(Tensor input)
    {
        if (quantizer is null) return Convolve(input, weight, bias);
        if (norm is null) return Convolve(input, quantizer.Apply(weight), bias);
        var factors = norm.Factors;
        var shape = new long[] { -1, 1, 1, 1 };
        if (!training || norm.IsFrozen)
        {
            var folded = norm.FoldedBias(factors);
            var foldedBias = bias is null ? folded : folded.add(bias.mul(factors), Number.One);
            return Convolve(input, quantizer.Apply(weight.mul(factors.view(shape))), foldedBias);
        }
        var smallest = full_like(factors, Number.Of(SmallestFactor));
        var safe = where(factors.abs().lt(smallest), smallest, factors).detach().view(shape);
        return norm.Forward([Convolve(input, quantizer.Apply(weight.mul(safe)).div(safe), bias)], mayOverwrite: true);
    }

    private Tensor Convolve(Tensor input, Tensor kernel, Tensor? shift) =>
        nn.functional.conv2d(input, kernel, shift, strides: strides, padding: paddings, groups: node.Groups);

    public override IEnumerable<Node> ToNodes()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var rounded = norm is null ? weight : weight.mul(norm.Factors.view(-1, 1, 1, 1));
        yield return node with { Weight = Constant.Of(weight), Bias = bias is null ? null : Constant.Of(bias), WeightQuantization = quantizer?.Parameters(rounded) };
        if (norm is not null) yield return norm.ToNodes().Single();
    }
}
