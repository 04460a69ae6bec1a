namespace DistillKit.Distillation;

/// <summary>What a network says about a batch: logits [N, K], and the feature maps [N, C, H, W] that were asked for by name.</summary>
public sealed record NetworkOutput(Tensor Logits, IReadOnlyDictionary<string, Tensor> Features);

/// <summary>Where a student's targets come from: networks that are asked in every step, or answers that were stored.</summary>
public interface ITeacher : IDisposable
{
    /// <summary>The number of classes, K.</summary>
    public int Classes { get; }

    /// <summary>The feature maps that can be asked for.</summary>
    public IReadOnlyList<FeatureTap> Features { get; }

    /// <summary>What it says about the very images that the student sees, without gradients; the caller's scope owns the tensors.</summary>
    /// <exception cref="UserException">The teacher has no such feature, or does not know these images.</exception>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features);
}

/// <summary>Networks that see the same images as the student, after the same crop, flip and mix (Beyer et al. 2022, arXiv:2106.05237), but
/// whole where the student is shown them smaller. Several answer with the mean of their logits, the geometric mean of their predictions at
/// any temperature (Hinton, Vinyals and Dean 2015, arXiv:1503.02531); feature maps are the first one's.</summary>
public sealed class LiveTeacher : ITeacher
{
    private readonly IReadOnlyList<ImageClassifier> networks;
    private readonly int? resolution;

    /// <summary>Makes a teacher of networks, which it owns from now on, and only asks: in evaluation mode, without gradients.</summary>
    /// <param name="resolution">The height and width to which larger images are resized, which costs less; null to keep their own.</param>
    /// <exception cref="UserException">They differ in their number of classes.</exception>
    /// <exception cref="ArgumentException">There are none.</exception>
    public LiveTeacher(IReadOnlyList<ImageClassifier> networks, int? resolution = null)
    {
        if (networks.Count == 0) throw new ArgumentException("A teacher needs a network.", nameof(networks));
        var classes = networks.Select(network => network.Classes);
        if (classes.Distinct().Count() > 1)
            throw new UserException($"The teachers have {string.Join(", ", classes)} classes: they must have the same.");
        (this.networks, this.resolution) = (networks, resolution);
    }

    /// <inheritdoc/>
    public int Classes => networks[0].Classes;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureTap> Features => networks[0].Features;

    /// <summary>The type in which their convolutions compute, <see cref="ImageClassifier.ComputeType"/>.</summary>
    public ScalarType ComputeType
    {
        get => networks[0].ComputeType;
        set
        {
            foreach (var network in networks) network.ComputeType = value;
        }
    }

    /// <inheritdoc/>
    public NetworkOutput Answer(Batch batch, IReadOnlyList<string> features)
    {
        // Not inference mode: losses save what they are given for their gradients.
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var network in networks) network.eval();
        var images = resolution < batch.Whole.shape[3] ? batch.At(resolution).Images : batch.Whole;
        var (logits, maps) = networks[0].ForwardWithFeatures(images, features);
        foreach (var network in networks.Skip(1)) logits = logits.add(network.call(images), Number.One);
        var named = features.Zip(maps).ToDictionary(pair => pair.First, pair => pair.Second.MoveToOuterDisposeScope());
        return new((networks.Count > 1 ? logits.div(Number.Of(networks.Count)) : logits).MoveToOuterDisposeScope(), named);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in networks) network.Dispose();
    }
}
