namespace DistillKit.Metrics;

/// <summary>
/// The images whose confidence (largest probability) falls into one bin: how many, their mean confidence and their accuracy.
/// </summary>
public sealed record CalibrationBin(int Count, double Confidence, double Accuracy)
{
    internal CalibrationBin With(double confidence, bool isCorrect) =>
        new(Count + 1, Mean(Confidence, confidence), Mean(Accuracy, isCorrect ? 1 : 0));

    private double Mean(double mean, double value) => mean + (value - mean) / (Count + 1);
}
