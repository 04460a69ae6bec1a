namespace DistillKit.Quantization.Sensitivity;

/// <summary>What rounding one layer alone does to the network.</summary>
/// <param name="Accuracy">Of the network with only this layer rounded, in [0, 1].</param>
/// <param name="Divergence">KL(float || rounded) of the predicted distributions in nats, the mean over the images.</param>
/// <param name="Decibels">Signal-to-quantization-noise ratio of the logits.</param>
/// <param name="SavedBytes">The bytes that rounding the layer's weight saves.</param>
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
