using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Tests.Benchmarks;

public sealed class MeasurementTests
{
    [Fact]
    public void Median_and_95th_percentile_are_those_of_the_sorted_times()
    {
        Assert.Equal(new Latency(10.5, 19, 20), Latency.FromTimes([.. Enumerable.Range(1, 20).Reverse().Select(time => (double)time)]));
        Assert.Equal(new Latency(2, 3, 3), Latency.FromTimes([3, 1, 2]));
    }

    [Fact]
    public void Peak_memory_is_at_least_what_the_process_holds_now() => Assert.InRange(MachineInfo.PeakMemory(), 10L << 20, 1L << 40);

    [Fact]
    public void The_machine_is_described()
    {
        var machine = MachineInfo.Current();
        Assert.NotEmpty(machine.Cpu);
        Assert.True(machine.Cores >= 1);
        Assert.NotEmpty(machine.OperatingSystem);
        Assert.Contains("libtorch", machine.Engine);
    }
}
