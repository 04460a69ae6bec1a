namespace DistillKit.Metrics;

/// <summary>How well a classifier does on a set of images, from its logits and the labels.</summary>
/// <param name="Accuracy">The share of images whose largest logit is that of the label (top-1), in [0, 1].</param>
/// <param name="CrossEntropy">The mean of -ln(probability of the label).</param>
/// <param name="CalibrationError">Expected calibration error, by the images of each bin (Guo et al. 2017, arXiv:1706.04599).</param>
/// <param name="Calibration">The 15 bins of the calibration error, from the least confident.</param>
/// <param name="Confusion">The number of images by label (row) and prediction (column).</param>
public sealed record ClassificationReport(
    int Count, double Accuracy, double CrossEntropy, double CalibrationError, IReadOnlyList<CalibrationBin> Calibration,
    IReadOnlyList<ClassResult> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion)
{
    private const int BinCount = 15;

    /// <summary>The class with the largest logit; of several, the first.</summary>
    public static int Predict(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var index = 1; index < logits.Length; index++)
            if (logits[index] > logits[best]) best = index;
        return best;
    }

    /// <summary>Evaluates N rows of K logits with N class indices and K names.</summary>
    /// <exception cref="UserException">There are no images, or a logit is not a finite number.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is not a class.</exception>
    public static ClassificationReport FromLogits(ReadOnlySpan<float> logits, ReadOnlySpan<long> labels, IReadOnlyList<string> classNames)
    {
        var (count, classes) = (labels.Length, classNames.Count);
        if (count == 0) throw new UserException("There are no images to evaluate: check the split and the limit on images.");
        if (logits.Length != count * classes)
            throw new ArgumentException($"{count} labels of {classes} classes need {count * classes} logits, not {logits.Length}.");

        var confusion = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        var bins = Enumerable.Range(0, BinCount).Select(_ => new CalibrationBin(0, 0, 0)).ToArray();
        var crossEntropy = 0.0;
        for (var image = 0; image < count; image++)
        {
            var row = logits.Slice(image * classes, classes);
            var label = labels[image];
            if (label < 0 || label >= classes)
                throw new ArgumentException($"Label {label} of image {image} is not one of {classes} classes.", nameof(labels));
            var predicted = Predict(row);
            // Relative to the largest logit, so that no exponential overflows.
            var total = 0.0;
            foreach (var logit in row)
            {
                if (!float.IsFinite(logit)) throw NotFinite(image);
                total += Math.Exp(logit - row[predicted]);
            }
            crossEntropy += Math.Log(total) + row[predicted] - row[(int)label];
            confusion[label][predicted]++;
            ref var bin = ref bins[Math.Clamp((int)Math.Ceiling(BinCount / total) - 1, 0, BinCount - 1)];
            bin = bin.With(1 / total, predicted == label);
        }
        var right = Enumerable.Range(0, classes).Sum(index => confusion[index][index]);
        var calibrationError = bins.Sum(bin => Math.Abs(bin.Accuracy - bin.Confidence) * bin.Count) / count;
        var results = classNames.Select((name, index) => ClassResult.From(name, index, confusion));
        return new(count, (double)right / count, crossEntropy / count, calibrationError, bins, [.. results], confusion);
    }

    private static UserException NotFinite(int image) =>
        new($"The network's output for image {image} is not finite: its training has diverged (lower the learning rate), or the images' "
            + "normalization is not the network's.");
}

/// <summary>The result of one class: its images, the share of them recognized, and of its predictions that are right; 0 of none.</summary>
public sealed record ClassResult(string Name, int Count, double Accuracy, double Precision)
{
    internal static ClassResult From(string name, int index, int[][] confusion)
    {
        var count = confusion[index].Sum();
        var predictions = confusion.Sum(row => row[index]);
        double right = confusion[index][index];
        return new(name, count, count == 0 ? 0 : right / count, predictions == 0 ? 0 : right / predictions);
    }
}

/// <summary>The images whose confidence (largest probability) falls into one bin: their number, mean confidence and accuracy.</summary>
public sealed record CalibrationBin(int Count, double Confidence, double Accuracy)
{
    internal CalibrationBin With(double confidence, bool isCorrect) =>
        new(Count + 1, Mean(Confidence, confidence), Mean(Accuracy, isCorrect ? 1 : 0));

    private double Mean(double mean, double value) => mean + (value - mean) / (Count + 1);
}
