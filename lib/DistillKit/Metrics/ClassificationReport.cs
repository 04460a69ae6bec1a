
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

    /// <summary>
    /// Expected calibration error: the mean distance between confidence and accuracy over 15 bins of equal width, weighted by their images
    /// (Guo et al. 2017, arXiv:1706.04599).
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>The bins of the calibration error, from the least confident.</summary>
    public required IReadOnlyList<CalibrationBin> Calibration { get; init; }

    /// <summary>The result of each class.</summary>
    public required IReadOnlyList<ClassResult> Classes { get; init; }

    /// <summary>The number of images by label (row) and prediction (column).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Evaluates logits.</summary>
    /// <param name="logits">N rows of K logits.</param>
    /// <param name="labels">N class indices.</param>
    /// <param name="classNames">K names.</param>
    /// <exception cref="UserException">There are no images, or a logit is not a finite number.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is not a class.</exception>
    public static ClassificationReport FromLogits(ReadOnlySpan<float> logits, ReadOnlySpan<long> labels, IReadOnlyList<string> classNames)
    {
        var (count, classes) = (labels.Length, classNames.Count);
        if (count == 0) throw new UserException("There are no images to evaluate: check the split and the limit on images.");
        if (logits.Length != count * classes)
            throw new ArgumentException($"{count} labels and {classes} classes need {count * classes} logits, not {logits.Length}.", nameof(logits));

        var confusion = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        var bins = Enumerable.Range(0, BinCount).Select(_ => new CalibrationBin(0, 0, 0)).ToArray();
        var crossEntropy = 0.0;
        for (var image = 0; image < count; image++)
        {
            var row = logits.Slice(image * classes, classes);
            var label = labels[image];
            if (label < 0 || label >= classes)
                throw new ArgumentException($"Label {label} of image {image} is not one of {classes} classes.", nameof(labels));
            var predicted = 0;
            for (var index = 0; index < classes; index++)
            {
                if (!float.IsFinite(row[index]))
                    throw new UserException($"The network's output for image {image} is not finite: its training has diverged, lower the learning rate.");
                if (row[index] > row[predicted]) predicted = index;
            }
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
