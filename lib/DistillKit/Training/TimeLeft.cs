namespace DistillKit.Training;

/// <summary>Tells from the steps so far how long a training will still take. A stage may train several networks, one after the other.</summary>
/// <param name="clock">What tells the time.</param>
public sealed class TimeLeft(TimeProvider clock)
{
    private (long Time, double Share)? begun;
    private int lastStep;

    /// <summary>By the system's clock.</summary>
    public TimeLeft() : this(TimeProvider.System)
    {
    }

    /// <summary>The time left; null after the first step. To be asked after every step, so that the next network is noticed.</summary>
    public TimeSpan? After(TrainingProgress progress)
    {
        if (progress.Step < lastStep) begun = null;
        lastStep = progress.Step;
        if (begun is var (time, share)) return clock.GetElapsedTime(time) * ((1 - progress.Share) / (progress.Share - share));
        begun = (clock.GetTimestamp(), progress.Share);
        return null;
    }

    /// <summary>A time as on a clock: minutes and seconds, and hours where there are any.</summary>
    public static string Text(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss") : time.ToString(@"m\:ss");
}
