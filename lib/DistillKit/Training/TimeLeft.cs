using System.Diagnostics;

namespace DistillKit.Training;

/// <summary>Tells from the steps so far how long a training will still take. A stage may train several networks, one after the other.</summary>
public sealed class TimeLeft
{
    private long begun = Stopwatch.GetTimestamp();
    private int firstStep;
    private int lastStep;

    /// <summary>Starts to measure.</summary>
    /// <param name="resumedStep">The steps that an earlier process has done.</param>
    public TimeLeft(int resumedStep = 0) => firstStep = lastStep = resumedStep;

    /// <summary>The time left. To be asked after every step, so that the next network is noticed.</summary>
    public TimeSpan After(TrainingProgress progress)
    {
        if (progress.Step < lastStep) (begun, firstStep) = (Stopwatch.GetTimestamp(), progress.Step);
        lastStep = progress.Step;
        return Stopwatch.GetElapsedTime(begun) * ((double)(progress.Steps - progress.Step) / Math.Max(progress.Step - firstStep, 1));
    }

    /// <summary>A time as on a clock: minutes and seconds, and hours where there are any.</summary>
    public static string Text(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss") : time.ToString(@"m\:ss");
}
