namespace DistillKit.Data;

/// <summary>A division of a training set into a part to learn from and a part to choose epochs and hyper-parameters by.</summary>
/// <param name="Training">Indices of the images to learn from, ascending.</param>
/// <param name="Validation">Indices of the images held out, ascending; equally many of each class.</param>
public sealed record StratifiedSplit(int[] Training, int[] Validation)
{
    /// <summary>The seed of the split that all published figures use.</summary>
    public const ulong DefaultSeed = 2009;

    /// <summary>Draws the held-out images. The result depends on the arguments alone: the same on every platform.</summary>
    /// <exception cref="UserException">The number is no multiple of the number of classes, or a class has too few images.</exception>
    public static StratifiedSplit Create(ReadOnlySpan<byte> labels, int classes, int validationCount, ulong seed = DefaultSeed)
    {
        if (validationCount < 0 || validationCount % classes != 0)
            throw new UserException($"{validationCount} images cannot be drawn equally from {classes} classes: give a multiple of that.");
        var perClass = validationCount / classes;
        var places = labels.ToArray().Index().ToLookup(entry => (int)entry.Item, entry => entry.Index);
        var heldOut = new HashSet<int>();
        for (var label = 0; label < classes; label++)
        {
            int[] indices = [.. places[label]];
            if (indices.Length < perClass)
                throw new UserException($"Class {label} has {indices.Length} images, fewer than the {perClass} asked for: ask for fewer.");
            SplitMix64.At(seed, label).Shuffle(indices.AsSpan());
            heldOut.UnionWith(indices[..perClass]);
        }
        var all = Enumerable.Range(0, labels.Length);
        return new([.. all.Where(index => !heldOut.Contains(index))], [.. heldOut.Order()]);
    }
}
