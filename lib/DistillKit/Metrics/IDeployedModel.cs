namespace DistillKit.Metrics;

/// <summary>A loaded file that classifies images.</summary>
public interface IDeployedModel : IDisposable
{
    /// <summary>What runs it, with its version or instruction set.</summary>
    public string Runtime { get; }

    /// <summary>The number of logits.</summary>
    public int Classes { get; }

    /// <summary>[C, H, W].</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>Classifies.</summary>
    /// <param name="images">[N, C, H, W], normalized.</param>
    /// <param name="logits">[N, classes], filled.</param>
    public void Run(ReadOnlySpan<float> images, Span<float> logits);
}
