using DistillKit.Runs.Experiments;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Runs.Tests.Experiments;

public sealed class ShardTests
{
    [Fact]
    public void Shards_share_all_runs_and_none_twice() => Prop.ForAll<byte, byte>((runs, shards) =>
    {
        int[] all = [.. Enumerable.Range(0, runs)];
        var parts = Enumerable.Range(0, shards + 1).Select(index => Shard.Parse($"{index}/{shards + 1}").Of(all).ToArray()).ToArray();
        Assert.Equal(all, parts.SelectMany(part => part).Order());
        Assert.True(parts.Max(part => part.Length) - parts.Min(part => part.Length) <= 1);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(-1, 2)]
    public void A_share_that_there_is_not_is_refused_where_it_is_used(int index, int count) =>
        Assert.Contains($"no shard {index}/{count}", Assert.Throws<UserException>(() => new Shard(index, count).Of([1, 2])).Message);

    [Theory]
    [InlineData("4/4")]
    [InlineData("-1/4")]
    [InlineData("1")]
    [InlineData("1/")]
    [InlineData("/4")]
    [InlineData("0/0")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    [InlineData("")]
    public void What_is_no_share_is_refused(string text) =>
        Assert.Contains($"not '{text}'", Assert.Throws<UserException>(() => Shard.Parse(text)).Message);
}
