namespace DistillKit.Data;

/// <summary>A small pseudo-random generator whose numbers are the same on every platform and in every version (unlike
/// <see cref="Random"/>). SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</summary>
/// <param name="seed">Where the sequence starts.</param>
public sealed class SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>The generator of a place in a run, for instance (seed, epoch, step). Equal places give equal numbers.</summary>
    public static SplitMix64 At(ulong seed, params ReadOnlySpan<long> place)
    {
        foreach (var part in place)
            seed = Mix(seed ^ Mix((ulong)part + Step));
        return new(seed);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(state += Step);

    /// <summary>A number in [0, <paramref name="bound"/>), without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        // The last, incomplete block of the 2^64 values would favour small numbers, so it is drawn again.
        var range = (ulong)bound;
        var incomplete = (ulong.MaxValue % range + 1) % range;
        ulong bits;
        do
            bits = Next();
        while (bits > ulong.MaxValue - incomplete);
        return (int)(bits % range);
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Puts the items into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
