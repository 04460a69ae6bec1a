using DistillKit.Data;
using DistillKit.Metrics;
using DistillKit.Quantization.Observers;
using DistillKit.Training;

namespace DistillKit.Notebook.Exercises;

/// <summary>
/// Functions that exercises ask for and the rest of the library has in another form: what a reader's function is compared with, and what
/// runs until it is right.
/// </summary>
public static class Lessons
{
    /// <summary>One training step on the cross-entropy of images [N, 3, H, W] with labels [N].</summary>
    /// <returns>The loss before the step.</returns>
    public static double Step(nn.Module<Tensor, Tensor> network, Tensor images, Tensor labels, optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var (loss, _) = new SupervisedObjective(labelSmoothing: 0).Compute(network, new Batch(images, labels));
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Trains with momentum on batches of 64 augmented images at 16 x 16 pixels.</summary>
    /// <param name="network">What is trained.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="epochs">How often it sees each image.</param>
    /// <param name="rateAt">The share of the learning rate at a step, from 0, of so many.</param>
    /// <returns>The mean loss of the last epoch.</returns>
    public static double Train(nn.Module<Tensor, Tensor> network, DeviceImages data, int epochs, Func<int, int, double> rateAt)
    {
        const double peak = 0.1;
        var optimizer = optim.SGD(network.parameters(), learningRate: peak, momentum: 0.9);
        var mean = 0.0;
        network.train();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var batches = data.ShuffledBatches(64, seed: 1, epoch, new Augmentation());
            mean = 0;
            for (var number = 0; number < batches.Count; number++)
            {
                NotebookSession.Cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var share = rateAt(epoch * batches.Count + number, epochs * batches.Count);
                foreach (var group in optimizer.ParamGroups) group.LearningRate = peak * share;
                var batch = batches.Load(number, resolution: 16);
                mean += Step(network, batch.Images, batch.Labels, optimizer) / batches.Count;
            }
        }
        return mean;
    }

    /// <summary>The same at a constant learning rate.</summary>
    /// <returns>The mean loss of the last epoch.</returns>
    public static double Train(nn.Module<Tensor, Tensor> network, DeviceImages data, int epochs) =>
        Train(network, data, epochs, (_, _) => 1);

    /// <summary>The expected calibration error of bins: the distance of confidence and accuracy, weighted by images.</summary>
    public static double CalibrationError(IReadOnlyList<CalibrationBin> bins) =>
        bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / bins.Sum(bin => bin.Count);

    /// <summary>A factor as <c>multiplier / 2^shift</c> with a multiplier of 31 bits (Jacob et al. 2018, arXiv:1712.05877).</summary>
    public static (int Multiplier, int Shift) FixedPoint(double factor)
    {
        var shift = 30 - Math.ILogB(factor);
        return ((int)Math.Min(Math.Round(Math.ScaleB(factor, shift)), int.MaxValue), shift);
    }

    /// <summary>An integer times such a factor, halves upwards.</summary>
    public static int Rescale(int value, (int Multiplier, int Shift) by) =>
        (int)(((long)value * by.Multiplier + (1L << (by.Shift - 1))) >> by.Shift);

    /// <summary>A range after one more batch: each end moves by a share of the way; the first batch is taken as it is.</summary>
    public static ValueRange Follow(ValueRange? soFar, ValueRange batch, float share) => soFar is not { } old ? batch : new(
        old.Minimum + share * (batch.Minimum - old.Minimum), old.Maximum + share * (batch.Maximum - old.Maximum));

    /// <summary>A bias without the mean error of its outputs (Nagel et al. 2019, arXiv:1906.04721).</summary>
    public static float[] CorrectedBias(float[] bias, float[] exact, float[] rounded) =>
        [.. bias.Select((value, output) => value + exact[output] - rounded[output])];
}
