namespace DistillKit.Training;

/// <summary>Where a training stands; reported after every step.</summary>
/// <param name="Epoch">The running epoch, from 0, of all <paramref name="Epochs"/>.</param>
/// <param name="Step">Steps done, of all <paramref name="Steps"/>.</param>
/// <param name="Share">The share of the whole training's work that is done: a small image is less work than a large one.</param>
/// <param name="Loss">The mean loss of the last steps.</param>
/// <param name="Accuracy">The share of right answers in the last steps, on augmented training images.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Share, double Loss, double Accuracy, double LearningRate, double ImagesPerSecond,
    double? Validation);

/// <summary>What a training came to.</summary>
/// <param name="Epochs">Epochs trained; fewer than the recipe's after early stopping.</param>
/// <param name="ValidationAccuracy">Of the weights that were kept: those of the best validation.</param>
/// <param name="Seconds">Time in training and validation, interruptions left out.</param>
public sealed record TrainingResult(
    int Epochs, int Steps, double ValidationAccuracy, double Seconds, double ImagesPerSecond, string ComputeType);

/// <summary>How long a training will still take, by the steps so far. A stage may train several networks in turn.</summary>
/// <param name="clock">What tells the time; the system's where it is not given.</param>
public sealed class TimeLeft(TimeProvider? clock = null)
{
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private (long Time, double Share)? begun;
    private int lastStep;

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
