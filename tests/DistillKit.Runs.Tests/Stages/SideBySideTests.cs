using DistillKit.Runs.Stages;
using static TorchSharp.torch;

namespace DistillKit.Runs.Tests.Stages;

[Collection(GlobalSettingsCollection.Name)]
public sealed class SideBySideTests
{
    [Fact]
    public void A_job_that_fails_stops_those_beside_it_and_its_error_is_the_one_that_is_seen()
    {
        var threads = get_num_threads();
        set_num_threads(2);
        var (shares, wasStopped) = (new int[2], false);
        var error = Assert.Throws<UserException>(() => SideBySide.Run(
            shares: 2,
            [
                stop =>
                {
                    shares[0] = get_num_threads();
                    wasStopped = stop.WaitHandle.WaitOne(TimeSpan.FromMinutes(1));
                    stop.ThrowIfCancellationRequested();
                },
                _ =>
                {
                    shares[1] = get_num_threads();
                    throw new UserException("no such thing");
                },
            ],
            CancellationToken.None));
        Assert.Equal("no such thing", error.Message);
        Assert.True(wasStopped);
        Assert.Equal([1, 1], shares);
        Assert.Equal(2, get_num_threads());
        set_num_threads(threads);
    }

    [Fact]
    public void What_is_left_of_a_plan_ends_with_its_last_part()
    {
        var plan = new RunPlan([(["teacher"], TimeSpan.FromMinutes(1)), (["baseline", "distill"], TimeSpan.FromMinutes(2))]);
        Assert.Equal("about 3:00 on this machine: teacher 1:00, baseline and distill 2:00", $"{plan}");
        // Half of a part says nothing about how fast it goes.
        Assert.InRange(plan.After("distill"), plan.Whole - TimeSpan.FromSeconds(20), plan.Whole);
        Assert.True(plan.After("teacher") < TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, plan.After("baseline"));
    }
}
