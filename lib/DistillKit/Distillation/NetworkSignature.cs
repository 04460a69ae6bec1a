using DistillKit.Networks;

namespace DistillKit.Distillation;

/// <summary>What a distillation loss needs to know of a network.</summary>
/// <param name="Classes">The number of logits.</param>
/// <param name="Features">The feature maps that can be tapped; only an <see cref="ImageClassifier"/> has some.</param>
public sealed record NetworkSignature(int Classes, IReadOnlyList<FeatureTap> Features)
{
    /// <summary>That of a network.</summary>
    public static implicit operator NetworkSignature(ImageClassifier network) => new(network.Classes, network.Features);

    /// <summary>That of a network that is still to be built.</summary>
    /// <exception cref="UserException">A field of the description is out of range.</exception>
    public static NetworkSignature Of(ModelSpec spec)
    {
        using var network = spec.Build();
        return network;
    }

    /// <summary>The tap of that name.</summary>
    /// <exception cref="UserException">There is none; the message lists those there are.</exception>
    internal FeatureTap Tap(string name, string field, string network) => Features.FirstOrDefault(feature => feature.Name == name)
        ?? throw new UserException($"The distillation's {field} is '{name}', but the {network} has {Known}.");

    private string Known =>
        Features.Count == 0 ? "no features" : $"the features {string.Join(", ", Features.Select(feature => feature.Name))}";
}
