using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DistillKit.Edge.Tests.Models;

/// <summary>ONNX Runtime as another implementation of the format's operators.</summary>
internal static class OnnxRuntimeReference
{
    /// <param name="isFused">
    /// Lets it fuse operators, which rounds biases and activations in its own way; otherwise it runs each node as the file has it.
    /// </param>
    /// <returns>The logits; null where it does not run the file.</returns>
    public static float[]? Run(byte[] model, float[] images, bool isFused = false)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = isFused ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            using var session = new InferenceSession(model, options);
            var (name, input) = session.InputMetadata.Single();
            int[] shape = [.. input.Dimensions];
            shape[0] = images.Length / shape[1..].Aggregate(1, (product, extent) => product * extent);
            using var outputs = session.Run([NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(images, shape))]);
            return [.. outputs.Single().AsEnumerable<float>()];
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with Edge's logits for a file; null where nothing is, or where ONNX Runtime does not run it.</summary>
    /// <param name="tolerance">The part of the largest logit by which they may differ; as much again as fusing changes.</param>
    public static string? Difference(byte[] model, float[] images, float[] logits, double tolerance)
    {
        if (Run(model, images) is not { } exact)
            return null;
        var fused = Run(model, images, isFused: true) ?? exact;
        var scale = exact.Concat(fused).Where(float.IsFinite).Select(Math.Abs).Append(1e-3f).Max();
        var allowed = tolerance * scale + 2 * exact.Zip(fused, (a, b) => Math.Abs(a - b)).Where(float.IsFinite).Append(0).Max();
        for (var i = 0; i < logits.Length; i++)
            if (logits.Length != exact.Length || float.IsFinite(exact[i]) && !(Math.Abs(exact[i] - logits[i]) <= allowed))
                return $"logit {i} of {exact.Length} is {logits[i]}, in ONNX Runtime {exact[i]} or {fused[i]}; the largest is {scale}";
        return null;
    }
}
