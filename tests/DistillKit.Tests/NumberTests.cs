using static TorchSharp.torch;

namespace DistillKit.Tests;

public sealed class NumberTests
{
    [Fact]
    public void A_number_lives_for_many_more()
    {
        using var scope = NewDisposeScope();
        var kept = Number.Of(0.5);
        for (var i = 0; i < 60; i++) Number.Of(i);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal([0.5f, 1], tensor(new[] { 1f, 2 }).mul(kept).data<float>().ToArray());
    }

    [Fact]
    public void Integers_stay_integers()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).mul(Number.Of(3L)).dtype);
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1L }).mul(Number.Of(0.5)).dtype);
    }
}
