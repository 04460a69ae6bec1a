using DistillKit.Data;
using DistillKit.Metrics;
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
    /// <returns>The mean loss of the last epoch.</returns>
    public static double Train(nn.Module<Tensor, Tensor> network, DeviceImages data, int epochs)
    {
        var optimizer = optim.SGD(network.parameters(), learningRate: 0.1, momentum: 0.9);
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
                var batch = batches.Load(number, resolution: 16);
                mean += Step(network, batch.Images, batch.Labels, optimizer) / batches.Count;
            }
        }
        return mean;
    }

    /// <summary>The expected calibration error of bins: the distance of confidence and accuracy, weighted by images.</summary>
    public static double CalibrationError(IReadOnlyList<CalibrationBin> bins) =>
        bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / bins.Sum(bin => bin.Count);
}
