using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Quantization.Plans;

namespace DistillKit.Quantization.Sensitivity;

/// <summary>Rounds each layer alone, everything else in floating point, to see which ones hurt.</summary>
public static class SensitivityScan
{
    /// <summary>Scans all layers.</summary>
    /// <param name="graph">In floating point, its norms folded.</param>
    /// <param name="plan">How a layer is rounded when it is its turn; its own layers' entries apply.</param>
    /// <param name="ranges">From <see cref="Calibration"/> with a plan that rounds all layers.</param>
    /// <param name="images">What to compare on, for instance a thousand validation images.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <returns>In the order of the network.</returns>
    /// <exception cref="UserException">There are no images.</exception>
    public static IReadOnlyList<LayerSensitivity> Run(
        Graph graph, QuantizationPlan plan, IReadOnlyDictionary<string, QuantizationParameters> ranges, DeviceImages images, IProgress<double>? progress = null)
    {
        if (images.Count == 0) throw new UserException("A sensitivity scan needs images, and there are none: give it a few hundred validation images.");
        var reference = new Reference(graph, images);
        var layers = graph.Layers.ToList();
        return [.. layers.Select((layer, index) => Scan(layer, index))];

        LayerSensitivity Scan(WeightedNode layer, int index)
        {
            var own = plan.Layers.GetValueOrDefault(layer.Name) ?? new();
            var alone = plan with
            {
                Strategy = LayerStrategy.Float,
                Layers = new Dictionary<string, LayerPlan> { [layer.Name] = own with { Strategy = own.Strategy ?? plan.Strategy } },
            };
            var rounded = Quantizer.Quantize(graph, alone, ranges);
            var (accuracy, divergence, decibels) = reference.Compare(rounded);
            progress?.Report((index + 1.0) / layers.Count);
            return new(layer.Name, accuracy, divergence, decibels, graph.PackedBytes - rounded.PackedBytes, graph.MultiplyAccumulatesOf(layer));
        }
    }
}
