using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Simulation;

/// <summary>An operation without weights.</summary>
internal sealed class FunctionLayer(Node node) : NodeLayer(node)
{
    private static readonly long[] Positions = [2, 3];

    public Node Node { get; } = node;

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) => Node switch
    {
        ActivationNode { Activation: var activation } => mayOverwrite ? activation.Apply(inputs[0]) : activation.Apply(inputs[0].clone()),
        AddNode => inputs[0].add(inputs[1], Number.One),
        MaxPoolNode pool => nn.functional.max_pool2d(inputs[0], pool.Kernel, pool.Stride, pool.Padding),
        GlobalAveragePoolNode => inputs[0].mean(Positions),
        _ => throw new ArgumentException($"'{Name}' cannot run: {Node.GetType().Name} is no operation of ours."),
    };
}
