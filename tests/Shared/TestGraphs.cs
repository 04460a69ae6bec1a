using System.Collections.Concurrent;
using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Quantization;
using DistillKit.Quantization.Observers;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace Tests.Shared;

/// <summary>Small networks with weights from names, as graphs: in floating point, and quantized in every way.</summary>
internal static class TestGraphs
{
    public const int Size = 32;
    public const string ResNet = """{ "family": "resnet", "blocks": [1, 1], "width": 0.125 }""";
    public const string MobileNet = """{ "family": "mobilenetv2", "width": 0.1, "dropout": 0 }""";

    /// <summary>
    /// The first blocks of MobileNetV2 with a linear layer. In the whole network, with weights that nobody has trained, a value that rounds
    /// to the next integer is felt in all of the 53 layers after it; here the results of two programs can be compared closely.
    /// </summary>
    public const string Bottlenecks = "the first blocks of MobileNetV2";

    /// <summary>The ways to quantize; see <see cref="Plan"/>.</summary>
    public static readonly string[] Kinds =
        ["float", "static", "signed", "symmetric", "per tensor", "low bit", "dynamic", "weight only", "mixed"];

    private static readonly ConcurrentDictionary<(string Spec, string Kind), Lazy<Graph>> Quantizations = [];

    /// <summary>A network whose norms have statistics of their own, in evaluation mode.</summary>
    public static ImageClassifier Network(string spec)
    {
        var network = ModelSpec.Parse(spec).Build();
        Formula.Fill(network, gain: 1.3);
        network.eval();
        return network;
    }

    public static Graph WithNorms(string spec, int size = Size)
    {
        using var network = Network(spec == Bottlenecks ? MobileNet : spec);
        var graph = network.ToGraph(size);
        if (spec != Bottlenecks) return graph;
        var last = graph.Nodes.ToList().FindIndex(node => node.Name == "features.5.add");
        var mean = new GlobalAveragePoolNode("mean", graph.Nodes[last].Name);
        return new([.. graph.Nodes.Take(last + 1), mean, new GemmNode("fc", "mean", Weight("fc", 10, 8), Weight("fc.bias", 10))]);
    }

    public static Graph Folded(string spec, int size = Size) => FoldBatchNorm.Apply(WithNorms(spec, size));

    /// <summary>A folded network, calibrated and quantized.</summary>
    public static Graph Quantized(string spec, string kind) => Quantizations.GetOrAdd((spec, kind), key => new(() =>
    {
        var graph = Folded(key.Spec);
        var plan = Plan(key.Kind, graph);
        using var images = Images(64);
        return Quantizer.Quantize(graph, plan, Calibration.Run(graph, plan, images));
    })).Value;

    /// <summary>A plan for a graph's layers.</summary>
    public static QuantizationPlan Plan(string kind, Graph graph)
    {
        var plan = new QuantizationPlan { Observer = new(ObserverKind.MinMax) };
        return kind switch
        {
            "float" => plan with { Strategy = LayerStrategy.Float },
            "static" => plan,
            "signed" => plan with { Activations = new(IsSigned: true) },
            // Clipped on both sides, so that the most negative integer would be felt.
            "symmetric" => plan with { Activations = new(IsSigned: true, IsSymmetric: true), Observer = new(ObserverKind.Percentile, 95) },
            "per tensor" => plan with { Weights = QuantizationScheme.Weights with { Granularity = Granularity.PerTensor } },
            "low bit" => plan with { Weights = QuantizationScheme.Weights with { Bits = 5 }, Activations = new(6) },
            "dynamic" => plan with { Strategy = LayerStrategy.Dynamic },
            "weight only" => plan with { Strategy = LayerStrategy.WeightOnly },
            "mixed" => plan with
            {
                Layers = graph.Layers.Index().ToDictionary(entry => entry.Item.Name, entry => (entry.Index % 7) switch
                {
                    0 => new LayerPlan(LayerStrategy.Float),
                    2 => new LayerPlan(LayerStrategy.Dynamic),
                    4 => new LayerPlan(LayerStrategy.WeightOnly, QuantizationScheme.Weights with { Bits = 4 }),
                    5 => new LayerPlan(Weights: QuantizationScheme.Weights with { Bits = 6 }, Activations: new(7)),
                    _ => new LayerPlan(),
                }),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>Cases of a theory: each item with each network.</summary>
    public static TheoryData<string, T> WithEachNetwork<T>(IReadOnlyList<T> items)
    {
        var data = new TheoryData<string, T>();
        foreach (var spec in (string[])[ResNet, Bottlenecks])
        {
            foreach (var item in items) data.Add(spec, item);
        }
        return data;
    }

    public static DeviceImages Images(int count) => new(SyntheticImages.Create(count, seed: 1), CPU);

    /// <summary>What the engine computes; the tensor belongs to the caller's dispose scope.</summary>
    public static Tensor Logits(Graph graph, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(graph);
        using var inference = new InferenceScope(module);
        return module.call(images).MoveToOuterDisposeScope();
    }

    /// <summary>A layer's weight with numbers from its name.</summary>
    public static Constant Weight(string name, params int[] shape)
    {
        using var scope = NewDisposeScope();
        var inputs = shape.Skip(1).Aggregate(1, (product, size) => product * size);
        return Constant.Of(Formula.Tensor(name, [.. shape.Select(size => (long)size)], Math.Sqrt(3.0 / inputs)));
    }
}
