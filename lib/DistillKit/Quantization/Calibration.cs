namespace DistillKit.Quantization;

/// <summary>Finds the ranges of activations by running images through the network in floating point.</summary>
public static class Calibration
{
    internal const int BatchSize = 64;

    /// <summary>Scale and zero point of each result that a plan needs a range for.</summary>
    /// <param name="images">On the device to compute on; a few hundred are enough.</param>
    /// <param name="progress">The share that is done, from 0 to 1.</param>
    /// <exception cref="UserException">There are no images, or the plan does not fit the graph.</exception>
    public static IReadOnlyDictionary<string, QuantizationParameters> Run(
        Graph graph, QuantizationPlan plan, DeviceImages images, IProgress<double>? progress = null)
    {
        var results = Quantizer.Place(graph, plan).OwnRange;
        RequireImages(images);
        var observers = results.ToDictionary(result => result.Key, result => plan.ObserverOf(result.Value).Create());
        using var module = new GraphModule(graph);
        module.to(images.Device);
        using var inference = new InferenceScope(module);
        var batches = images.Batches(BatchSize);
        for (var step = 0; step < batches.Count; step++)
        {
            using var scope = NewDisposeScope();
            module.Run(batches.Load(step).Images, (name, value) => observers.GetValueOrDefault(name)?.Observe(value));
            progress?.Report((step + 1.0) / batches.Count);
        }
        return results.ToDictionary(result => result.Key, result => observers[result.Key].Parameters(plan.ActivationsOf(result.Value)));
    }

    internal static void RequireImages(DeviceImages images)
    {
        if (images.Count == 0)
            throw new UserException("Calibration needs images, and there are none: give it a few hundred training images.");
    }
}
