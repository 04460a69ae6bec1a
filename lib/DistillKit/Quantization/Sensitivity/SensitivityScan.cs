using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Quantization.Plans;

namespace DistillKit.Quantization.Sensitivity;

/// <summary>What rounding one layer alone does to the network.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Accuracy">Of the network with only this layer rounded, in [0, 1].</param>
/// <param name="Divergence">KL(float || rounded) of the predicted distributions in nats, the mean over the images.</param>
/// <param name="Decibels">Signal-to-quantization-noise ratio of the logits.</param>
/// <param name="SavedBytes">The bytes that rounding the layer's weight saves.</param>
/// <param name="MultiplyAccumulates">For one image.</param>
public sealed record LayerSensitivity(
    string Layer, double Accuracy, double Divergence, double Decibels, long SavedBytes, long MultiplyAccumulates);

/// <summary>Rounds each layer alone, everything else in floating point, to see which ones hurt.</summary>
public static class SensitivityScan
{
    /// <summary>Scans all layers, in the order of the network.</summary>
    /// <param name="graph">In floating point, its norms folded.</param>
    /// <param name="plan">How a layer is rounded when it is its turn; its own layers' entries apply.</param>
    /// <param name="ranges">From <see cref="Calibration"/> with a plan that rounds all layers.</param>
    /// <param name="images">What to compare on, for instance a thousand validation images.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images.</exception>
    public static IReadOnlyList<LayerSensitivity> Run(
        Graph graph, QuantizationPlan plan, IReadOnlyDictionary<string, QuantizationParameters> ranges, DeviceImages images,
        IProgress<double>? progress = null)
    {
        if (images.Count == 0)
            throw new UserException("A sensitivity scan needs images, and there are none: give it a few hundred validation images.");
        var reference = new FloatReference(graph, images);
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
            var saved = graph.PackedBytes - rounded.PackedBytes;
            return new(layer.Name, accuracy, divergence, decibels, saved, graph.MultiplyAccumulatesOf(layer));
        }
    }
}
