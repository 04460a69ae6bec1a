using System.Net;

namespace DistillKit.Notebook.Live;

/// <summary>A run while it goes: in a notebook one value for each stage, or for a group of them, updated in place; elsewhere plain lines.
/// What stays is the stage's result, without anything that would differ in the next run.</summary>
public sealed class LiveProgress : IRunProgress, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(15);

    private readonly Func<ProgressBar, Action<object>?> show;
    private readonly string? group;
    private readonly IReadOnlySet<string> members;
    private Action<object>? update;
    private Action<object>? updateGroup;
    private int finished;
    private string stage = "";
    private TimeLeft timeLeft = new();
    private long last;

    /// <summary>Shows in the notebook, or on the console.</summary>
    /// <param name="group">The name of many stages that share one value, such as the runs of an experiment: a line for each would bury
    /// its table. Who has started them says at the end that the group has finished.</param>
    /// <param name="members">Their names.</param>
    public LiveProgress(string? group = null, IEnumerable<string>? members = null) : this(NotebookSession.Show, group, members)
    {
    }

    internal LiveProgress(Func<ProgressBar, Action<object>?> show, string? group = null, IEnumerable<string>? members = null) =>
        (this.show, this.group, this.members) = (show, group, (members ?? []).ToHashSet());

    /// <inheritdoc/>
    public void Started(string stage, string description, int resumedStep = 0)
    {
        timeLeft = new();
        Enter(stage);
        Show(resumedStep > 0 ? $"{description}, resumed at step {resumedStep}" : description, null);
    }

    /// <inheritdoc/>
    public void Trained(TrainingProgress progress)
    {
        var left = timeLeft.After(progress) is { } time ? $", {TimeLeft.Text(time)} left" : "";
        if (!IsDue()) return;
        var figures = FormattableString.Invariant(
            $"epoch {progress.Epoch + 1}/{progress.Epochs}, loss {progress.Loss:f3}, training {100 * progress.Accuracy:f1} %, ");
        Show(FormattableString.Invariant($"{figures}{progress.ImagesPerSecond:n0} images/s{left}"), progress.Share);
    }

    /// <inheritdoc/>
    public void Installed(DataProgress progress)
    {
        if (IsDue()) Show(progress.Step, progress.Total > 0 ? (double)progress.Done / progress.Total : null);
    }

    /// <inheritdoc/>
    public void Advanced(string part)
    {
        if (update is not null || IsDue()) Show(part, null);
    }

    /// <summary>Shows a warning that stays, apart from the running stage.</summary>
    public void Warned(string text) => show(new(stage, $"WARNING: {text}", null));

    /// <inheritdoc/>
    public IRunProgress Beside() => new LiveProgress(show);

    /// <inheritdoc/>
    public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun = false)
    {
        if (this.stage != stage) Enter(stage);
        if (members.Contains(stage)) finished++;
        // Neither the time nor where the result comes from: a notebook that runs again must look the same.
        Show(result, members.Contains(stage) ? 0 : 1);
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

    private void Enter(string stage) =>
        (this.stage, update) = (stage, stage == group || members.Contains(stage) ? updateGroup : null);

    private void Show(string text, double? share)
    {
        last = Stopwatch.GetTimestamp();
        var isMember = members.Contains(stage);
        // The bar of a group is about all of its stages.
        var bar = isMember
            ? new ProgressBar(group!, $"{stage}: {text}", (finished + (share ?? 0)) / members.Count)
            : new(stage, text, share);
        if (update is null) update = show(bar);
        else update(bar);
        if (isMember) updateGroup = update;
    }
}

/// <summary>How far a stage is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Text">What it is doing, or its result.</param>
/// <param name="Share">How much is done, in [0, 1]; null when that is not known.</param>
public sealed record ProgressBar(string Stage, string Text, double? Share)
{
    private const int Width = 24;

    private int? Percent => Share is { } share and < 1 ? (int)Math.Round(100 * share, MidpointRounding.AwayFromZero) : null;

    /// <summary>A line with a bar.</summary>
    public override string ToString()
    {
        var full = (int)Math.Round(Width * Math.Clamp(Share ?? 0, 0, 1));
        var bar = Percent is { } percent ? $"[{new string('#', full)}{new string('.', Width - full)}] {percent,3} %  " : "";
        return $"{Stage,-10} {bar}{Text}";
    }

    internal string ToHtml()
    {
        var value = FormattableString.Invariant($"{Share:f3}");
        var bar = Percent is { } percent ? $"<progress value=\"{value}\" max=\"1\"></progress> {percent} % " : "";
        return $"<div><b>{WebUtility.HtmlEncode(Stage)}</b> {bar}{WebUtility.HtmlEncode(Text)}</div>";
    }
}
