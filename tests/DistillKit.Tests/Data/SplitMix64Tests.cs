using DistillKit.Data;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Tests.Data;

public sealed class SplitMix64Tests
{
    /// <summary>The first numbers for seed 1234567, as the algorithm's reference implementation in C gives them.</summary>
    [Fact]
    public void Numbers_are_those_of_the_reference()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], Enumerable.Range(0, 3).Select(_ => random.Next()));
    }

    [Fact]
    public void Bounded_numbers_stay_below_the_bound() => Prop.ForAll<int, int>((seed, bound) =>
    {
        var limit = Math.Abs(bound) + 1;
        var random = new SplitMix64((ulong)seed);
        return Enumerable.Range(0, 100).All(_ => random.Below(limit) is var value && value >= 0 && value < limit);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shuffling_keeps_the_items() => Prop.ForAll<int[], int>((items, seed) =>
    {
        var shuffled = items.ToArray();
        new SplitMix64((ulong)seed).Shuffle(shuffled.AsSpan());
        return shuffled.Order().SequenceEqual(items.Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_place_has_numbers_of_its_own()
    {
        var firsts = from epoch in Enumerable.Range(0, 30) from step in Enumerable.Range(0, 30) select SplitMix64.At(7, epoch, step).Next();
        Assert.Equal(900, firsts.Distinct().Count());
    }
}
