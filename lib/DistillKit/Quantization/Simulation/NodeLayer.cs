using DistillKit.Graphs;
using DistillKit.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

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
        ConvolutionNode convolution => new ConvolutionLayer(convolution, WeightQuantizer.Of(convolution, training), training?.FreezeNormsAt ?? 0),
        LinearNode linear => new LinearLayer(linear, WeightQuantizer.Of(linear, training)),
        BatchNormNode norm => new BatchNormLayer(norm),
        QuantizeNode quantize => new QuantizeLayer(quantize, training),
        _ => new FunctionLayer(node),
    };

    /// <summary>Computes the result; it may overwrite its inputs where nothing else needs them.</summary>
    public abstract Tensor Forward(Tensor[] inputs, bool mayOverwrite);

    /// <summary>A training has come so far, from 0 to 1.</summary>
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

    private protected static Tensor Kept(Constant constant)
    {
        using var scope = NewDisposeScope();
        return constant.ToTensor().DetachFromDisposeScope();
    }
}
