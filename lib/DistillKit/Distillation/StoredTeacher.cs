using DistillKit.Data;
using DistillKit.Networks;
using static TorchSharp.torch;

namespace DistillKit.Distillation;

/// <summary>Answers that a teacher gave before (<see cref="SoftTargetStore"/>), in float32 again. It has no feature maps.</summary>
public sealed class StoredTeacher : ITeacher
{
    private readonly IReadOnlyDictionary<StoredView, Tensor> logits;

    internal StoredTeacher(IReadOnlyDictionary<StoredView, Tensor> logits) => this.logits = logits;

    /// <inheritdoc/>
    public int Classes => (int)logits.Values.First().shape[1];

    /// <inheritdoc/>
    public IReadOnlyList<FeatureTap> Features => [];

    /// <inheritdoc/>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features)
    {
        if (features.Count > 0) throw new UserException($"Stored soft targets have no feature '{features[0]}': ask the teacher itself, or compare logits only.");
        var resolution = (int)batch.Images.shape[3];
        if (batch.View is not { } view || !logits.TryGetValue(new(resolution, view.Number), out var stored))
            throw new UserException($"There are no stored soft targets for these images of {resolution} pixels: fill the store with the recipe that shows them.");
        using var scope = NewDisposeScope();
        return new(stored.index_select(0, view.Indices).to(ScalarType.Float32).MoveToOuterDisposeScope(), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in logits.Values) tensor.Dispose();
    }
}
