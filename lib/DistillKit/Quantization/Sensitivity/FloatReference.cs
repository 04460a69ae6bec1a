using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Metrics;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;

namespace DistillKit.Quantization.Sensitivity;

/// <summary>The logits of the network in floating point on some images, which those of rounded networks are compared with.</summary>
internal sealed class FloatReference
{
    private readonly DeviceImages images;
    private readonly float[] logits;
    private readonly string[] classes;

    public FloatReference(Graph graph, DeviceImages images)
    {
        this.images = images;
        classes = [.. Enumerable.Range(0, graph.Shapes[graph.Output.Name][0]).Select(index => $"{index}")];
        (logits, Accuracy) = Run(graph);
    }

    /// <summary>Of the network in floating point.</summary>
    public double Accuracy { get; }

    /// <summary>Accuracy, divergence in nats and signal-to-noise ratio in decibels of a rounded network.</summary>
    public (double Accuracy, double Divergence, double Decibels) Compare(Graph rounded)
    {
        using var scope = NewDisposeScope();
        var (others, accuracy) = Run(rounded);
        var (exact, other) = (Rows(logits), Rows(others));
        var (expected, actual) = (nn.functional.log_softmax(exact, 1), nn.functional.log_softmax(other, 1));
        var divergence = expected.exp().mul(expected.sub(actual)).sum().item<double>() / exact.shape[0];
        var ratio = new SignalToNoise();
        ratio.Add(exact, other);
        return (accuracy, divergence, ratio.Decibels);
    }

    private Tensor Rows(float[] numbers) => tensor(numbers).to(ScalarType.Float64).view(-1, classes.Length);

    private (float[] Logits, double Accuracy) Run(Graph graph)
    {
        using var module = new GraphModule(graph);
        module.to(images.Device);
        var (computed, labels) = Evaluator.Logits(module, images);
        return (computed, ClassificationReport.FromLogits(computed, labels, classes).Accuracy);
    }
}
