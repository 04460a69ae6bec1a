using DistillKit.Data;
using static TorchSharp.torch;

namespace DistillKit.Metrics;

/// <summary>Runs a classifier over a set of images.</summary>
public static class Evaluator
{
    private const int BatchSize = 256;

    /// <summary>
    /// Evaluates the network in evaluation and inference mode, and puts it back into the mode that it was in.
    /// </summary>
    /// <param name="model">Images [N, 3, H, W] to logits [N, K].</param>
    /// <param name="images">The images and labels, on the network's device.</param>
    /// <param name="classNames">K names.</param>
    /// <exception cref="UserException">There are no images, or a logit is not a finite number.</exception>
    public static ClassificationReport Evaluate(nn.Module<Tensor, Tensor> model, DeviceImages images, IReadOnlyList<string> classNames)
    {
        var (logits, labels) = Logits(model, images);
        return ClassificationReport.FromLogits(logits, labels, classNames);
    }

    /// <summary>Runs the network, in evaluation and inference mode, over all images.</summary>
    /// <param name="model">Images [N, 3, H, W] to logits [N, K].</param>
    /// <param name="images">The images and labels, on the network's device.</param>
    /// <returns>The logits [N, K], row by row, and the labels [N].</returns>
    public static (float[] Logits, long[] Labels) Logits(nn.Module<Tensor, Tensor> model, DeviceImages images)
    {
        var logits = new List<float>();
        var labels = new List<long>();
        using var inference = new InferenceScope(model);
        var batches = images.Batches(BatchSize);
        for (var step = 0; step < batches.Count; step++)
        {
            using var scope = NewDisposeScope();
            var batch = batches.Load(step);
            logits.AddRange(model.call(batch.Images).cpu().contiguous().data<float>().ToArray());
            labels.AddRange(batch.Labels.cpu().data<long>().ToArray());
        }
        return ([.. logits], [.. labels]);
    }

    /// <summary>Evaluates a deployed file.</summary>
    /// <param name="model">The loaded file.</param>
    /// <param name="images">Images and labels.</param>
    /// <param name="normalization">What the network expects.</param>
    /// <exception cref="UserException">There are no images, they do not fit the file, or a logit is not a finite number.</exception>
    public static ClassificationReport Evaluate(IDeployedModel model, ImageSet images, Normalization normalization) => Report(Logits(model, images, normalization), images);

    /// <summary>The report on logits [N, K] of all images, row by row.</summary>
    public static ClassificationReport Report(float[] logits, ImageSet images) =>
        ClassificationReport.FromLogits(logits, Array.ConvertAll(images.Labels, label => (long)label), images.ClassNames);

    /// <summary>The logits [N, K] of all images, row by row.</summary>
    public static float[] Logits(IDeployedModel model, ImageSet images, Normalization normalization)
    {
        if (!model.InputShape.SequenceEqual([ImageSet.Channels, images.ImageSize, images.ImageSize]))
            throw new UserException($"The file takes images of [{string.Join(", ", model.InputShape)}], but these are [{ImageSet.Channels}, {images.ImageSize}, {images.ImageSize}].");
        using var loaded = new DeviceImages(images, CPU, normalization);
        var logits = new float[images.Count * model.Classes];
        for (var first = 0; first < images.Count; first += BatchSize)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(BatchSize, images.Count - first);
            var batch = loaded.Take([.. Enumerable.Range(first, count)]).Images.contiguous();
            model.Run(batch.data<float>().ToArray(), logits.AsSpan(first * model.Classes, count * model.Classes));
        }
        return logits;
    }
}
