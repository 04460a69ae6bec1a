using DistillKit.Training;
using FsCheck;
using FsCheck.Fluent;

namespace DistillKit.Tests.Training;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.OneCycle, 0, 0.1)]
    [InlineData(ScheduleKind.OneCycle, 4, 0.5)]
    [InlineData(ScheduleKind.OneCycle, 9, 1)]
    [InlineData(ScheduleKind.OneCycle, 24, 16 / 31.0)]
    [InlineData(ScheduleKind.OneCycle, 39, 1 / 31.0)]
    [InlineData(ScheduleKind.Cosine, 9, 1)]
    [InlineData(ScheduleKind.Cosine, 39, 0.0025653)]
    [InlineData(ScheduleKind.Constant, 4, 0.5)]
    [InlineData(ScheduleKind.Constant, 39, 1)]
    [InlineData(ScheduleKind.Plateau, 39, 1)]
    public void The_rate_warms_up_to_the_peak_and_falls_in_its_shape(ScheduleKind kind, int step, double share) =>
        Assert.Equal(share, new Schedule(kind, WarmUp: 0.25).At(step, 40), tolerance: 1e-6);

    [Fact]
    public void Each_stalled_validation_multiplies_the_plateau_down_to_the_final_share()
    {
        var schedule = new Schedule(ScheduleKind.Plateau, WarmUp: 0, Final: 0.05, Factor: 0.2);
        Assert.Equal([1, 0.2, 0.05, 0.05], Enumerable.Range(0, 4).Select(reductions => Math.Round(schedule.At(7, 40, reductions), 12)));
    }

    [Fact]
    public void Every_step_learns_and_none_above_the_peak() => ForAny((schedule, steps) =>
        Rates(schedule, steps).All(share => share is > 0 and <= 1));

    [Fact]
    public void The_rate_rises_to_the_peak_and_falls_from_there_on() => ForAny((schedule, steps) =>
    {
        var rates = Rates(schedule, steps);
        var peak = Array.IndexOf(rates, rates.Max());
        return rates[..peak].Zip(rates[1..]).All(pair => pair.First < pair.Second)
            && rates[peak..].Zip(rates[(peak + 1)..]).All(pair => pair.First >= pair.Second - 1e-12);
    });

    [Fact]
    public void After_the_warm_up_the_rate_stays_above_the_final_share() => ForAny((schedule, steps) =>
        Rates(schedule, steps).Skip((int)Math.Ceiling(schedule.WarmUp * steps)).All(share => share >= schedule.Final - 1e-12));

    private static double[] Rates(Schedule schedule, int steps) => [.. Enumerable.Range(0, steps).Select(step => schedule.At(step, steps))];

    private static void ForAny(Func<Schedule, int, bool> holds)
    {
        var schedules =
            from kind in Gen.Elements(Enum.GetValues<ScheduleKind>())
            from warmUp in Gen.Choose(0, 99)
            from final in Gen.Choose(0, 100)
            select new Schedule(kind, warmUp / 100.0, final / 100.0);
        Prop.ForAll(schedules.ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), holds).QuickCheckThrowOnFailure();
    }
}
