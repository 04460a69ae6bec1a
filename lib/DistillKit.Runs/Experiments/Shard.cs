namespace DistillKit.Runs.Experiments;

/// <summary>One process's share of an experiment: every n-th run, from the i-th on.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">The number of processes.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>All runs.</summary>
    public static Shard All { get; } = new(0, 1);

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <exception cref="UserException">It is no share.</exception>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        var isShare = parts.Length == 2
            & int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            & int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (isShare && index < count) return new(index, count);
        throw new UserException($"A shard is i/n with i from 0 to n - 1, for instance 0/4, not '{text}'.");
    }

    internal IEnumerable<T> Of<T>(IReadOnlyList<T> all)
    {
        for (var i = Index; i < all.Count; i += Count) yield return all[i];
    }
}
