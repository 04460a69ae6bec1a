namespace DistillKit.Networks;

/// <summary>A feature map that can be tapped, and its channels.</summary>
public sealed record FeatureTap(string Name, int Channels);
