namespace DistillKit.Metrics;

/// <summary>How well a classifier does on a set of images, from its logits and the labels.</summary>
public sealed record ClassificationReport
{
    private const int BinCount = 15;

    /// <summary>The number of images.</summary>
    public required int Count { get; init; }

    /// <summary>The share of images whose largest logit is that of the label (top-1), in [0, 1].</summary>
    public required double Accuracy { get; init; }

    /// <summary>The mean of -ln(probability of the label).</summary>
    public required double CrossEntropy { get; init; }

    /// <summary>Expected calibration error over 15 bins of confidence, by their images (Guo et al. 2017, arXiv:1706.04599).</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The bins of the calibration error, from the least confident.</summary>
    public required IReadOnlyList<CalibrationBin> Calibration { get; init; }

    /// <summary>The result of each class.</summary>
    public required IReadOnlyList<ClassResult> Classes { get; init; }

    /// <summary>The number of images by label (row) and prediction (column).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>The class with the largest logit; of several, the first.</summary>
    public static int Predict(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var index = 1; index < logits.Length; index++)
        {
            if (logits[index] > logits[best]) best = index;
        }
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
            foreach (var logit in row)
            {
                if (float.IsFinite(logit)) continue;
                throw new UserException(
                    $"The network's output for image {image} is not finite: its training has diverged, lower the learning rate.");
            }
            var predicted = Predict(row);
            // Relative to the largest logit, so that no exponential overflows.
            var total = 0.0;
            foreach (var logit in row) total += Math.Exp(logit - row[predicted]);
            crossEntropy += Math.Log(total) + row[predicted] - row[(int)label];
            confusion[label][predicted]++;
            ref var bin = ref bins[Math.Clamp((int)Math.Ceiling(BinCount / total) - 1, 0, BinCount - 1)];
            bin = bin.With(1 / total, predicted == label);
        }
        return new()
        {
            Count = count,
            Accuracy = (double)Enumerable.Range(0, classes).Sum(index => confusion[index][index]) / count,
            CrossEntropy = crossEntropy / count,
            CalibrationError = bins.Sum(bin => Math.Abs(bin.Accuracy - bin.Confidence) * bin.Count) / count,
            Calibration = bins,
            Classes = [.. classNames.Select((name, index) => ClassResult.From(name, index, confusion))],
            Confusion = confusion,
        };
    }
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
