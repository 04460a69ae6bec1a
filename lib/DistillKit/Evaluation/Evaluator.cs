using static TorchSharp.torch;

namespace DistillKit.Evaluation;

/// <summary>Runs a classifier over a set of images.</summary>
public static class Evaluator
{
    /// <summary>
    /// Evaluates the network in evaluation and inference mode, and puts it back into the mode that it was in.
    /// </summary>
    /// <param name="model">Images [N, 3, H, W] to logits [N, K].</param>
    /// <param name="batches">Images and int64 labels [N], on the network's device. They belong to the caller.</param>
    /// <param name="classNames">K names.</param>
    /// <exception cref="UserException">There are no images, or a logit is not a finite number.</exception>
    public static ClassificationReport Evaluate(
        nn.Module<Tensor, Tensor> model, IEnumerable<(Tensor Images, Tensor Labels)> batches, IReadOnlyList<string> classNames)
    {
        var logits = new List<float>();
        var labels = new List<long>();
        using var inference = new InferenceScope(model);
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            logits.AddRange(model.call(batch.Images).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray());
            labels.AddRange(batch.Labels.cpu().contiguous().data<long>().ToArray());
        }
        return ClassificationReport.FromLogits([.. logits], [.. labels], classNames);
    }
}
