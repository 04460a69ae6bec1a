using DistillKit.Graphs;
using static TorchSharp.torch;

namespace DistillKit.Quantization.Observers;

/// <summary>Watches a tensor over many batches, and says which integers should stand for its values.</summary>
public interface IObserver
{
    /// <summary>Takes in the tensor of one batch, on any device; nothing of it is kept.</summary>
    /// <exception cref="UserException">A value is not a finite number.</exception>
    public void Observe(Tensor values);

    /// <summary>The parameters for what has been seen.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been seen.</exception>
    /// <exception cref="ArgumentException">The scheme's granularity is not that of the observer.</exception>
    public QuantizationParameters Parameters(QuantizationScheme scheme);
}
