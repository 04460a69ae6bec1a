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
        var byClass = Enumerable.Range(0, classes).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < labels.Length; i++)
            byClass[labels[i]].Add(i);

        var perClass = validationCount / classes;
        var heldOut = new bool[labels.Length];
        for (var label = 0; label < classes; label++)
        {
            var indices = byClass[label].ToArray();
            if (indices.Length < perClass)
                throw new UserException($"Class {label} has {indices.Length} images, fewer than the {perClass} asked for: ask for fewer.");
            SplitMix64.At(seed, label).Shuffle(indices.AsSpan());
            foreach (var index in indices.AsSpan(0, perClass))
                heldOut[index] = true;
        }
        return new([.. Where(heldOut, false)], [.. Where(heldOut, true)]);
    }

    private static IEnumerable<int> Where(bool[] heldOut, bool value) =>
        Enumerable.Range(0, heldOut.Length).Where(i => heldOut[i] == value);
}
