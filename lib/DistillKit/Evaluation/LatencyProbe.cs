using static TorchSharp.torch;

namespace DistillKit.Evaluation;

/// <summary>Measures how fast a network runs in the training engine. Deployed models are measured in their own runtime.</summary>
public static class LatencyProbe
{
    /// <summary>The latency of one image [1, 3, imageSize, imageSize] on one thread; the number of threads is restored.</summary>
    public static Latency OneImage(nn.Module<Tensor, Tensor> model, int imageSize, int warmUp = 10, int repeats = 100)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return Measure(model, batch: 1, imageSize, warmUp, repeats);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <summary>Images per second in batches of 64, on all threads, from the median time of a batch.</summary>
    public static double Throughput(nn.Module<Tensor, Tensor> model, int imageSize, int warmUp = 3, int repeats = 10)
    {
        const int batch = 64;
        return batch * 1000 / Measure(model, batch, imageSize, warmUp, repeats).Median;
    }

    private static Latency Measure(nn.Module<Tensor, Tensor> model, int batch, int imageSize, int warmUp, int repeats)
    {
        using var inference = new InferenceScope(model);
        using var images = rand(batch, 3, imageSize, imageSize, device: model.parameters().First().device);
        return Latency.Measure(() =>
        {
            using var scope = NewDisposeScope();
            // The logits on the CPU: on a GPU the call alone would only start the work.
            model.call(images).cpu();
        }, warmUp, repeats);
    }
}
