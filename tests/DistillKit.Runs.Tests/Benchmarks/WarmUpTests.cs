using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Tests.Benchmarks;

public sealed class WarmUpTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Goes_on_while_calls_get_faster()
    {
        var clock = new ManualClock();
        // Slow for half a second and then ten times as fast, with one step between.
        WarmUp.Run(() => clock.Advance(clock.Now < 200 ? 10 : clock.Now < 500 ? 4 : 1), Window, clock);
        Assert.InRange(clock.Now, 800, 1000);
    }

    [Fact]
    public void Stops_soon_when_calls_are_as_fast_as_they_will_be()
    {
        var clock = new ManualClock();
        WarmUp.Run(() => clock.Advance(1), Window, clock);
        Assert.Equal(400, clock.Now);
    }

    [Fact]
    public void A_single_slow_call_does_not_prolong_it()
    {
        var (clock, calls) = (new ManualClock(), 0);
        WarmUp.Run(() => clock.Advance(++calls == 150 ? 50 : 1), Window, clock);
        Assert.InRange(clock.Now, 400, 450);
    }

    [Fact]
    public void Ends_even_if_calls_never_stop_getting_faster()
    {
        var (clock, calls) = (new ManualClock(), 0);
        WarmUp.Run(() => clock.Advance(1e6 * Math.Pow(0.9, calls++)), Window, clock);
        Assert.Equal(20, calls);
    }
}
