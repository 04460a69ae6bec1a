namespace DistillKit.Training;

/// <summary>Where a training stands; reported after every step.</summary>
/// <param name="Epoch">The running epoch, from 0.</param>
/// <param name="Epochs">Of the whole training.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Of the whole training.</param>
/// <param name="Share">The share of the whole training's work that is done: a small image is less work than a large one.</param>
/// <param name="Loss">The mean loss of the last steps.</param>
/// <param name="Accuracy">The share of right answers in the last steps, on augmented training images.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="ImagesPerSecond">Of the last steps.</param>
/// <param name="Validation">The last validation's accuracy, if there was one.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Share, double Loss, double Accuracy, double LearningRate, double ImagesPerSecond,
    double? Validation);

/// <summary>What a training came to.</summary>
/// <param name="Epochs">Epochs trained; fewer than the recipe's after early stopping.</param>
/// <param name="Steps">Steps trained.</param>
/// <param name="ValidationAccuracy">Of the weights that were kept: those of the best validation.</param>
/// <param name="Seconds">Time in training and validation, interruptions left out.</param>
/// <param name="ImagesPerSecond">Training images through the network per second of that time.</param>
/// <param name="ComputeType">The type in which convolutions computed.</param>
public sealed record TrainingResult(
    int Epochs, int Steps, double ValidationAccuracy, double Seconds, double ImagesPerSecond, string ComputeType);

/// <summary>How long a training will still take, by the steps so far. A stage may train several networks in turn.</summary>
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
