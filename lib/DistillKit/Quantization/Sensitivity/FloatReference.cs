using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Metrics;
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
        var count = graph.Shapes[graph.Output.Name][0];
        classes = [.. Enumerable.Range(0, count).Select(index => index.ToString(CultureInfo.InvariantCulture))];
        (logits, Accuracy) = Run(graph);
    }

    /// <summary>Of the network in floating point.</summary>
    public double Accuracy { get; }

    /// <summary>Accuracy, divergence in nats and signal-to-noise ratio in decibels of a rounded network.</summary>
    public (double Accuracy, double Divergence, double Decibels) Compare(Graph rounded)
    {
        var (others, accuracy) = Run(rounded);
        double divergence = 0, signal = 0, noise = 0;
        for (var first = 0; first < logits.Length; first += classes.Length)
        {
            var exact = logits.AsSpan(first, classes.Length);
            var other = others.AsSpan(first, classes.Length);
            divergence += Divergence(exact, other) / (logits.Length / classes.Length);
            for (var index = 0; index < exact.Length; index++)
            {
                signal += exact[index] * exact[index];
                noise += (exact[index] - other[index]) * (exact[index] - other[index]);
            }
        }
        return (accuracy, divergence, 10 * Math.Log10(signal / noise));
    }

    private (float[] Logits, double Accuracy) Run(Graph graph)
    {
        using var module = new GraphModule(graph);
        module.to(images.Device);
        var (computed, labels) = Evaluator.Logits(module, images);
        return (computed, ClassificationReport.FromLogits(computed, labels, classes).Accuracy);
    }

    private static double Divergence(ReadOnlySpan<float> exact, ReadOnlySpan<float> other)
    {
        var (exactNorm, otherNorm) = (LogSumExp(exact), LogSumExp(other));
        double sum = 0;
        for (var index = 0; index < exact.Length; index++)
            sum += Math.Exp(exact[index] - exactNorm) * (exact[index] - exactNorm - (other[index] - otherNorm));
        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> values)
    {
        double largest = float.NegativeInfinity, sum = 0;
        foreach (var value in values) largest = Math.Max(largest, value);
        foreach (var value in values) sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }
}
