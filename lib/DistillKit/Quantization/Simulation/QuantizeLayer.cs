using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>Rounds its input.</summary>
internal sealed class QuantizeLayer : NodeLayer
{
    private readonly QuantizeNode node;
    private readonly ActivationQuantizer quantizer;
    private ActivationNode? activation;
    private IReadOnlyList<string> inputs;
    private (float From, float To) bounds = (float.NegativeInfinity, float.PositiveInfinity);

    public QuantizeLayer(QuantizeNode node, AwareRecipe? training) : base(node)
    {
        (this.node, inputs) = (node, node.Inputs);
        quantizer = ActivationQuantizer.Of(node, training);
        RegisterComponents();
    }

    public override IReadOnlyList<string> Inputs => inputs;

    public override void Begin(double progress) => quantizer.Begin(progress);

    /// <summary>Does a nonlinearity in the same go: clipping at its bounds and at those of the integers are one.</summary>
    public void TakeOver(ActivationNode before)
    {
        (activation, inputs) = (before, [before.Input]);
        bounds = (0, before.Activation == Activation.ReLU6 ? 6 : float.PositiveInfinity);
    }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) => quantizer.Apply(inputs[0], bounds.From, bounds.To);

    public override IEnumerable<Node> ToNodes()
    {
        if (activation is not null) yield return activation;
        yield return node with { Parameters = quantizer.Parameters() };
    }
}
