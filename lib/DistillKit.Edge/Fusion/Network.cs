namespace DistillKit.Edge.Fusion;

/// <summary>The layers on which the output depends, in an order in which they can run: images first, logits last.</summary>
internal sealed record Network(Images Images, Logits Logits, IReadOnlyList<Layer> Layers)
{
    /// <summary>Drops what the output does not need, and tells each layer its consumers.</summary>
    /// <param name="all">In an order in which they can run.</param>
    public static Network Of(IReadOnlyList<Layer> all, Images images, Logits logits)
    {
        var (needed, layers) = (new HashSet<Layer> { images, logits }, new List<Layer>());
        for (var i = all.Count - 1; i >= 0; i--)
            if (needed.Contains(all[i]))
            {
                layers.Add(all[i]);
                foreach (var source in all[i].Sources)
                {
                    needed.Add(source);
                    source.Consumers.Add(all[i]);
                }
            }
        layers.Reverse();
        return new(images, logits, layers);
    }
}
