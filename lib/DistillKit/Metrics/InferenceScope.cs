using static TorchSharp.torch;

namespace DistillKit.Metrics;

/// <summary>Puts a network in evaluation mode and the engine in inference mode; disposing it restores both.</summary>
public sealed class InferenceScope : IDisposable
{
    private readonly nn.Module model;
    private readonly bool wasTraining;
    private readonly IDisposable engineMode;

    /// <summary>Starts inference with the network.</summary>
    public InferenceScope(nn.Module model)
    {
        this.model = model;
        wasTraining = model.training;
        model.eval();
        engineMode = inference_mode();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        engineMode.Dispose();
        model.train(wasTraining);
    }
}
