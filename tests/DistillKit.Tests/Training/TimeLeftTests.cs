using DistillKit.Training;

namespace DistillKit.Tests.Training;

public sealed class TimeLeftTests
{
    private readonly ManualClock clock = new();
    private readonly TimeLeft timeLeft;

    public TimeLeftTests() => timeLeft = new(clock);

    [Fact]
    public void Goes_by_the_work_done_not_by_the_steps()
    {
        Assert.Null(After(1, share: 0.02));
        Assert.Equal(88, After(6, share: 0.12, seconds: 10)!.Value.TotalSeconds, tolerance: 1e-6);
    }

    [Fact]
    public void A_resumed_training_counts_from_where_it_went_on()
    {
        Assert.Null(After(501, share: 0.5));
        Assert.Equal(40, After(601, share: 0.6, seconds: 10)!.Value.TotalSeconds, tolerance: 1e-6);
    }

    [Fact]
    public void The_next_network_of_a_stage_starts_anew()
    {
        After(1, share: 0.1);
        After(10, share: 1, seconds: 90);
        Assert.Null(After(1, share: 0.1));
        Assert.Equal(8, After(2, share: 0.2, seconds: 1)!.Value.TotalSeconds, tolerance: 1e-6);
    }

    private TimeSpan? After(int step, double share, double seconds = 0)
    {
        clock.Advance(1000 * seconds);
        return timeLeft.After(new(0, 1, step, 1000, share, 0, 0, 0, 0, null));
    }
}
