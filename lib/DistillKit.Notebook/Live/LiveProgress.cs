using System.Diagnostics;
using DistillKit.Data;
using DistillKit.Runs.Stages;
using DistillKit.Training;

namespace DistillKit.Notebook.Live;

/// <summary>
/// Shows a run while it goes: in a notebook one value for each stage, updated in place; elsewhere plain lines. What stays is the stage's result,
/// without anything that the next run would show otherwise.
/// </summary>
public sealed class LiveProgress : IPipelineObserver, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(15);

    private readonly Func<ProgressBar, Action<object>?> show;
    private Action<object>? update;
    private string stage = "";
    private TimeLeft timeLeft = new();
    private long last;

    /// <summary>Shows in the notebook, or on the console.</summary>
    public LiveProgress() : this(NotebookSession.Show)
    {
    }

    internal LiveProgress(Func<ProgressBar, Action<object>?> show) => this.show = show;

    /// <inheritdoc/>
    public void Started(string stage, string description, int resumedStep = 0)
    {
        (this.stage, timeLeft, update) = (stage, new(), null);
        Show(new(stage, resumedStep > 0 ? $"{description}, resumed at step {resumedStep}" : description, null));
    }

    /// <inheritdoc/>
    public void Trained(TrainingProgress progress)
    {
        var left = timeLeft.After(progress);
        if (!IsDue()) return;
        Show(new(stage, FormattableString.Invariant(
            $"epoch {progress.Epoch + 1}/{progress.Epochs}, loss {progress.Loss:f3}, training {100 * progress.Accuracy:f1} %, {progress.ImagesPerSecond:n0} images/s{(left is { } time ? $", {TimeLeft.Text(time)} left" : "")}"),
            progress.Share));
    }

    /// <inheritdoc/>
    public void Installed(DataProgress progress)
    {
        if (IsDue()) Show(new(stage, progress.Step, progress.Total > 0 ? (double)progress.Done / progress.Total : null));
    }

    /// <inheritdoc/>
    public void Advanced(string part)
    {
        if (update is not null || IsDue()) Show(new(stage, part, null));
    }

    /// <inheritdoc/>
    public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun = false)
    {
        if (this.stage != stage) (this.stage, update) = (stage, null);
        // Neither the time nor where the result comes from: a notebook that is executed again shall look the same.
        Show(new(stage, result, 1));
        (this.stage, update) = ("", null);
    }

    /// <summary>Leaves a stage that did not end as it stands.</summary>
    public void Dispose() => update = null;

    private bool IsDue()
    {
        if (last != 0 && Stopwatch.GetElapsedTime(last) < (update is null ? LineInterval : Interval)) return false;
        last = Stopwatch.GetTimestamp();
        return true;
    }

    private void Show(ProgressBar bar)
    {
        last = Stopwatch.GetTimestamp();
        if (update is null) update = show(bar);
        else update(bar);
    }
}
