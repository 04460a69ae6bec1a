namespace DistillKit.Quantization.PostTraining;

/// <summary>The signal-to-quantization-noise ratio of a tensor over many batches: <c>10 log10(sum signal² / sum (signal - quantized)²)</c>
/// in decibels. 6 dB are one bit.</summary>
public sealed class SignalToNoise
{
    private double signal;
    private double noise;

    /// <summary>The ratio so far; infinite where nothing differs.</summary>
    public double Decibels => 10 * Math.Log10(signal / noise);

    /// <summary>Takes in a tensor and its quantized counterpart, of one shape.</summary>
    public void Add(Tensor exact, Tensor quantized)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        signal += exact.pow(Number.Two).sum(ScalarType.Float64).item<double>();
        noise += exact.sub(quantized).pow(Number.Two).sum(ScalarType.Float64).item<double>();
    }

    /// <summary>The ratio of every result, rounded where it is rounded, by the name that it has in floating point: where a network loses
    /// its precision.</summary>
    /// <param name="images">The images, on the device to compute on; a hundred are enough.</param>
    public static IReadOnlyDictionary<string, double> OfResults(Graph reference, Graph quantized, DeviceImages images)
    {
        using var exact = new GraphModule(reference);
        using var rounded = new GraphModule(quantized);
        exact.to(images.Device);
        rounded.to(images.Device);
        using var inference = new InferenceScope(exact);
        using var alsoInference = new InferenceScope(rounded);
        var ratios = new Dictionary<string, SignalToNoise>();
        var batches = images.Batches(Calibration.BatchSize);
        for (var step = 0; step < batches.Count; step++)
        {
            using var scope = NewDisposeScope();
            var input = batches.Load(step).Images;
            var results = new Dictionary<string, Tensor>();
            exact.Run(input, (name, value) => results[name] = value.clone().MoveToOuterDisposeScope());
            rounded.Run(input, (name, value) =>
            {
                // What counts is what the next layers see.
                if (quantized.OnlyConsumerOf<QuantizeNode>(name) is not null) return;
                var counterpart = (quantized[name] as QuantizeNode)?.Input ?? name;
                if (!ratios.TryGetValue(counterpart, out var ratio)) ratios[counterpart] = ratio = new();
                ratio.Add(results[counterpart], value);
            });
        }
        return ratios.ToDictionary(ratio => ratio.Key, ratio => ratio.Value.Decibels);
    }
}
