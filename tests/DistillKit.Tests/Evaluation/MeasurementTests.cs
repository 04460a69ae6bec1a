using DistillKit.Evaluation;
using DistillKit.Models;
using static TorchSharp.torch;

namespace DistillKit.Tests.Evaluation;

public sealed class MeasurementTests
{
    [Fact]
    public void Median_and_95th_percentile_are_those_of_the_sorted_times()
    {
        Assert.Equal(new Latency(10.5, 19, 20), Latency.FromTimes([.. Enumerable.Range(1, 20).Reverse().Select(time => (double)time)]));
        Assert.Equal(new Latency(2, 3, 3), Latency.FromTimes([3, 1, 2]));
    }

    [Fact]
    public void Warm_up_calls_are_not_timed()
    {
        var calls = 0;
        var latency = Latency.Measure(() => Thread.Sleep(calls++ < 2 ? 200 : 1), warmUp: 2, repeats: 3);
        Assert.Equal((5, 3), (calls, latency.Repeats));
        Assert.InRange(latency.P95, 0.9, 190);
    }

    [Fact]
    public void Nothing_to_repeat_is_refused() => Assert.Throws<UserException>(() => Latency.Measure(() => { }, repeats: 0));

    [Fact]
    public void Measuring_a_network_restores_the_threads_and_its_mode()
    {
        using var model = new ResNetSpec { Blocks = [1], Width = 0.125 }.Build();
        var threads = get_num_threads();
        var latency = LatencyProbe.OneImage(model, 8, warmUp: 1, repeats: 3);
        Assert.True(latency.Median > 0 && latency.P95 >= latency.Median);
        Assert.True(LatencyProbe.Throughput(model, 8, warmUp: 1, repeats: 2) > 0);
        Assert.Equal(threads, get_num_threads());
        Assert.True(model.training);
    }

    [Fact]
    public void Peak_memory_is_at_least_what_the_process_holds_now() => Assert.InRange(PeakMemory.Bytes(), 10L << 20, 1L << 40);

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
