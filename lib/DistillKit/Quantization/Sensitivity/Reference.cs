using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Metrics;
using DistillKit.Quantization.Simulation;
using TorchSharp;

namespace DistillKit.Quantization.Sensitivity;

/// <summary>The network in floating point on some images, which rounded ones are compared with.</summary>
internal sealed class Reference
{
    private readonly DeviceImages images;
    private readonly float[] logits;
    private readonly int classes;

    public Reference(Graph graph, DeviceImages images)
    {
        this.images = images;
        classes = graph.Shapes[graph.Output.Name][0];
        (logits, var labels) = Logits(graph);
        Accuracy = AccuracyOf(logits, labels);
    }

    /// <summary>Of the network in floating point.</summary>
    public double Accuracy { get; }

    /// <summary>Accuracy, divergence in nats and signal-to-noise ratio in decibels of a rounded network.</summary>
    public (double Accuracy, double Divergence, double Decibels) Compare(Graph rounded)
    {
        var (others, labels) = Logits(rounded);
        double divergence = 0, signal = 0, noise = 0;
        for (var image = 0; image < labels.Length; image++)
        {
            var exact = Row(logits, image);
            var other = Row(others, image);
            divergence += Divergence(exact, other) / labels.Length;
            for (var index = 0; index < classes; index++)
            {
                signal += exact[index] * exact[index];
                noise += (exact[index] - other[index]) * (exact[index] - other[index]);
            }
        }
        return (AccuracyOf(others, labels), divergence, 10 * Math.Log10(signal / noise));
    }

    private (float[] Logits, long[] Labels) Logits(Graph graph)
    {
        using var module = new GraphModule(graph);
        module.to(images.Device);
        return Evaluator.Logits(module, images);
    }

    private double AccuracyOf(float[] values, long[] labels)
    {
        var right = 0;
        for (var image = 0; image < labels.Length; image++)
        {
            var row = Row(values, image);
            var best = 0;
            for (var index = 1; index < classes; index++)
            {
                if (row[index] > row[best]) best = index;
            }
            if (best == labels[image]) right++;
        }
        return (double)right / labels.Length;
    }

    private static double Divergence(ReadOnlySpan<float> exact, ReadOnlySpan<float> other)
    {
        var (exactNorm, otherNorm) = (LogSumExp(exact), LogSumExp(other));
        double sum = 0;
        for (var index = 0; index < exact.Length; index++) sum += Math.Exp(exact[index] - exactNorm) * (exact[index] - exactNorm - (other[index] - otherNorm));
        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> values)
    {
        double largest = float.NegativeInfinity, sum = 0;
        foreach (var value in values) largest = Math.Max(largest, value);
        foreach (var value in values) sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }

    private ReadOnlySpan<float> Row(float[] values, int image) => values.AsSpan(image * classes, classes);
}
