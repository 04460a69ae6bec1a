using DistillKit.Graphs;

namespace DistillKit.Quantization.PostTraining;

/// <summary>Cross-layer equalization (Nagel et al. 2019, arXiv:1906.04721): divides an output channel of a layer by a factor and multiplies
/// what the next layer does with it by the same, so that the channel's weights have one range in both: with <c>r1</c> and <c>r2</c> these
/// ranges, the factor is <c>sqrt(r1 / r2)</c>. The network computes the same as before: ReLU, maximum and mean let a positive factor
/// through.</summary>
/// <remarks>ReLU6 does not, so layers with a ReLU6 between them stay as they are. Made for weights with one scale for the whole tensor;
/// with one scale for each output channel it still evens out the columns of the second layer.</remarks>
public static class CrossLayerEqualization
{
    private const int MostRounds = 50;
    private const double Converged = 1e-3;

    // Of a channel that hardly does anything in one of the layers.
    private const double LargestFactor = 1e3;

    /// <summary>Equalizes all pairs of layers until no factor is far from 1: a depthwise layer belongs to two pairs.</summary>
    /// <param name="graph">In floating point, with its norms folded; norms that are left separate layers.</param>
    public static Graph Apply(Graph graph)
    {
        var layers = graph.Layers.ToDictionary(layer => layer.Name, Copy);
        var pairs = Pairs(graph).ToList();
        var isMoving = true;
        for (var round = 0; round < MostRounds && isMoving; round++)
        {
            isMoving = false;
            foreach (var (first, second) in pairs) isMoving |= Equalize(layers[first], layers[second]);
        }
        return graph.With(layers.ToDictionary(layer => layer.Key, layer => (Node)layer.Value));
    }

    /// <summary>The pairs of layers of which the second alone sees the first, through operations that let factors through.</summary>
    internal static IEnumerable<(string First, string Second)> Pairs(Graph graph)
    {
        foreach (var first in graph.Layers)
        {
            var next = graph.OnlyConsumerOf<Node>(first.Name);
            while (next is ActivationNode { Activation: Activation.ReLU } or MaxPoolNode or GlobalAveragePoolNode)
                next = graph.OnlyConsumerOf<Node>(next.Name);
            if (next is WeightedNode second) yield return (first.Name, second.Name);
        }
    }

    /// <summary>Returns whether a factor was far from 1.</summary>
    private static bool Equalize(WeightedNode first, WeightedNode second)
    {
        var isMoving = false;
        for (var channel = 0; channel < first.Weight.Channels; channel++)
        {
            var (r1, r2) = (Largest(first.Weight.Channel(channel)), LargestOf(second, channel));
            if (r1 == 0 || r2 == 0) continue;
            var factor = Math.Clamp(Math.Sqrt(r1 / r2), 1 / LargestFactor, LargestFactor);
            isMoving |= Math.Abs(factor - 1) > Converged;
            Multiply(first.Weight.Channel(channel), 1 / factor);
            if (first.Bias is { } bias) Multiply(bias.Channel(channel), 1 / factor);
            foreach (var part in Column(second, channel)) Multiply(second.Weight.Values.AsSpan(part), factor);
        }
        return isMoving;
    }

    private static double LargestOf(WeightedNode layer, int channel)
    {
        double largest = 0;
        foreach (var part in Column(layer, channel)) largest = Math.Max(largest, Largest(layer.Weight.Values.AsSpan(part)));
        return largest;
    }

    /// <summary>Where a layer keeps what it does with an input channel: a kernel for each output channel of its group.</summary>
    private static IEnumerable<Range> Column(WeightedNode layer, int input)
    {
        var weight = layer.Weight;
        var (inputs, groups) = (weight.Shape[1], layer is ConvNode convolution ? convolution.Groups : 1);
        var (outputs, kernel) = (weight.Channels / groups, weight.Values.Length / weight.Channels / inputs);
        var (group, within) = (input / inputs, input % inputs);
        for (var output = group * outputs; output < (group + 1) * outputs; output++)
        {
            var start = (output * inputs + within) * kernel;
            yield return start..(start + kernel);
        }
    }

    private static double Largest(ReadOnlySpan<float> values)
    {
        double largest = 0;
        foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static void Multiply(Span<float> values, double factor)
    {
        foreach (ref var value in values) value = (float)(value * factor);
    }

    private static WeightedNode Copy(WeightedNode layer) => layer with { Weight = layer.Weight.Clone(), Bias = layer.Bias?.Clone() };
}
