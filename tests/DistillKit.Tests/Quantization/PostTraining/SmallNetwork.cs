using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Networks;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.Simulation;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization.PostTraining;

/// <summary>A network with weights made from their names, and images for it.</summary>
internal sealed class SmallNetwork : IDisposable
{
    private const int ImageSize = 32;

    public SmallNetwork(
        string spec = """{ "family": "mobilenetv2", "width": 0.1, "strides": [2, 1, 2, 2, 1, 2, 1], "activation": "ReLU" }""")
    {
        using var model = ModelSpec.Parse(spec).Build();
        Formula.Fill(model, gain: 1.2);
        Graph = FoldBatchNorm.Apply(model.ToGraph(ImageSize));
        Images = new DeviceImages(SyntheticImages.Create(70, seed: 3), CPU);
    }

    public Graph Graph { get; }

    public DeviceImages Images { get; }

    public Graph Quantized(int bits, Granularity granularity = Granularity.PerChannel)
    {
        var plan = new QuantizationPlan { Weights = QuantizationScheme.Weights with { Bits = bits, Granularity = granularity } };
        return Quantizer.Quantize(Graph, plan, Calibration.Run(Graph, plan, Images));
    }

    /// <summary>The logits of all images, [N, K].</summary>
    public Tensor Logits(Graph graph)
    {
        using var frozen = no_grad();
        using var module = new GraphModule(graph);
        module.eval();
        return module.call(Images.Batches(Images.Count).Load(0).Images);
    }

    public void Dispose() => Images.Dispose();
}
