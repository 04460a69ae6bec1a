namespace DistillKit.Quantization.Simulation;

/// <summary>A node that runs in the engine.</summary>
internal abstract class NodeLayer(Node node) : nn.Module(node.GetType().Name)
{
    /// <summary>The name of its result.</summary>
    public string Name { get; private protected set; } = node.Name;

    /// <summary>The names of the results that it takes.</summary>
    public virtual IReadOnlyList<string> Inputs => node.Inputs;

    public static NodeLayer Of(Node node, AwareRecipe? training) => node switch
    {
        WeightedNode layer => new WeightedNodeLayer(layer, training),
        BatchNormalizationNode norm => new BatchNormalizationNodeLayer(norm),
        QuantizeNode quantize => new QuantizeNodeLayer(quantize, training),
        ActivationNode or AddNode or MaxPoolNode or GlobalAveragePoolNode => new FunctionNodeLayer(node),
        _ => throw new NotSupportedException($"'{node.Name}' cannot run: it is a {node.GetType().Name}."),
    };

    /// <summary>Computes the result; it may overwrite its inputs where nothing else needs them.</summary>
    public abstract Tensor Forward(Tensor[] inputs, bool mayOverwrite);

    /// <summary>Adapts to how far a training has come, from 0 to 1.</summary>
    public virtual void Begin(double progress)
    {
    }

    /// <summary>The node, or nodes, with the present weights.</summary>
    public virtual IEnumerable<Node> ToNodes() => [node];

    private protected static Parameter Trainable(Constant constant)
    {
        using var scope = NewDisposeScope();
        var values = constant.ToTensor();
        var parameter = new Parameter(constant.Shape.Count == 4 ? ChannelsLast.Of(values) : values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}

/// <summary>An operation without weights.</summary>
internal sealed class FunctionNodeLayer(Node node) : NodeLayer(node)
{
    private static readonly long[] Positions = [2, 3];

    public Node Node { get; } = node;

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) => Node switch
    {
        ActivationNode { Activation: var activation } => activation.Apply(mayOverwrite ? inputs[0] : inputs[0].clone()),
        AddNode => inputs[0].add(inputs[1], Number.One),
        MaxPoolNode pool => nn.functional.max_pool2d(inputs[0], pool.Kernel, pool.Stride, pool.Padding),
        GlobalAveragePoolNode => inputs[0].mean(Positions),
        _ => throw new NotSupportedException($"'{Name}' cannot run: it is a {Node.GetType().Name}."),
    };
}

/// <summary>Rounds its input.</summary>
internal sealed class QuantizeNodeLayer : NodeLayer
{
    private readonly QuantizeNode node;
    private readonly TensorQuantizer quantizer;
    private ActivationNode? activation;
    private (float From, float To) bounds = (float.NegativeInfinity, float.PositiveInfinity);

    public QuantizeNodeLayer(QuantizeNode node, AwareRecipe? training) : base(node)
    {
        this.node = node;
        quantizer = TensorQuantizer.OfResult(node, training);
        RegisterComponents();
    }

    public override IReadOnlyList<string> Inputs => activation?.Inputs ?? node.Inputs;

    public override void Begin(double progress) => quantizer.Begin(progress);

    /// <summary>Makes the nonlinearity before it a part of it: clipping at its bounds and at those of the integers are one.</summary>
    public void TakeOver(ActivationNode previous)
    {
        activation = previous;
        bounds = previous.Activation.Bounds();
    }

    public override Tensor Forward(Tensor[] inputs, bool mayOverwrite) => quantizer.Apply(inputs[0], bounds.From, bounds.To);

    public override IEnumerable<Node> ToNodes()
    {
        if (activation is not null) yield return activation;
        yield return node with { Parameters = quantizer.Parameters() };
    }
}
