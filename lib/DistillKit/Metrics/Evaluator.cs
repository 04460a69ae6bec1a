using System.Collections.ObjectModel;

namespace DistillKit.Metrics;

/// <summary>Runs a classifier over a set of images.</summary>
public static class Evaluator
{
    private const int BatchSize = 256;

    /// <summary>Evaluates a network, from images [N, 3, H, W] to logits [N, K], in evaluation and inference mode.</summary>
    /// <param name="resolution">The width and height at which it sees them; as they are when not given.</param>
    /// <exception cref="UserException">There are no images, or a logit is not a finite number.</exception>
    public static ClassificationReport Evaluate(
        nn.Module<Tensor, Tensor> model, DeviceImages images, IReadOnlyList<string> classNames, int? resolution = null,
        CancellationToken cancellation = default)
    {
        var (logits, labels) = Logits(model, images, resolution, cancellation);
        return ClassificationReport.FromLogits(logits, labels, classNames);
    }

    /// <summary>The logits [N, K] of all images, row by row, in evaluation and inference mode, and the labels [N].</summary>
    public static (float[] Logits, long[] Labels) Logits(
        nn.Module<Tensor, Tensor> model, DeviceImages images, int? resolution = null, CancellationToken cancellation = default)
    {
        var logits = new List<float>();
        var labels = new List<long>();
        using var inference = new InferenceScope(model);
        var batches = images.Batches(BatchSize);
        for (var step = 0; step < batches.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = batches.Load(step, resolution);
            logits.AddRange(model.call(batch.Images).cpu().contiguous().data<float>().ToArray());
            labels.AddRange(batch.Labels.cpu().data<long>().ToArray());
        }
        return ([.. logits], [.. labels]);
    }

    /// <summary>Evaluates a deployed file on images with the normalization that its network expects.</summary>
    /// <exception cref="UserException">There are no images, they do not fit the file, or a logit is not a finite number.</exception>
    public static ClassificationReport Evaluate(
        IDeployedModel model, ImageSet images, Normalization normalization, CancellationToken cancellation = default) =>
        Report(Logits(model, images, normalization, cancellation), images);

    /// <summary>The report on logits [N, K] of all images, row by row.</summary>
    public static ClassificationReport Report(float[] logits, ImageSet images) =>
        ClassificationReport.FromLogits(logits, Array.ConvertAll(images.Labels, label => (long)label), images.ClassNames);

    /// <summary>The logits [N, K] of all images, row by row.</summary>
    public static float[] Logits(
        IDeployedModel model, ImageSet images, Normalization normalization, CancellationToken cancellation = default)
    {
        int[] shape = [ImageSet.Channels, images.ImageSize, images.ImageSize];
        if (!model.InputShape.SequenceEqual(shape))
            throw new UserException($"The file takes images of {Show(model.InputShape)}, but these are {Show(shape)}.");
        using var loaded = new DeviceImages(images, CPU, normalization) { Cancellation = cancellation };
        var (batches, logits) = (loaded.Batches(BatchSize), new float[images.Count * model.Classes]);
        for (var step = 0; step < batches.Count; step++)
        {
            using var scope = NewDisposeScope();
            var batch = batches.Load(step).Images.contiguous();
            model.Run(batch.data<float>().ToArray(), logits.AsSpan(step * BatchSize * model.Classes, (int)batch.shape[0] * model.Classes));
        }
        return logits;
    }

    private static string Show(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";
}

/// <summary>Puts a network in evaluation mode and the engine in inference mode; disposing it restores both.</summary>
public sealed class InferenceScope : IDisposable
{
    private readonly (nn.Module Model, bool WasTraining, IDisposable Engine) before;

    /// <summary>Starts inference with the network.</summary>
    public InferenceScope(nn.Module model)
    {
        before = (model, model.training, inference_mode());
        model.eval();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        before.Engine.Dispose();
        before.Model.train(before.WasTraining);
    }
}

/// <summary>A loaded file that classifies images.</summary>
public interface IDeployedModel : IDisposable
{
    /// <summary>What runs it, with its version or instruction set.</summary>
    public string Runtime { get; }

    /// <summary>The number of logits.</summary>
    public int Classes { get; }

    /// <summary>[C, H, W].</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>What the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Classifies normalized images [N, C, H, W] into logits [N, classes].</summary>
    public void Run(ReadOnlySpan<float> images, Span<float> logits);
}
