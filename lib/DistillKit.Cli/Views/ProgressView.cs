using Spectre.Console;
using Spectre.Console.Rendering;

namespace DistillKit.Cli.Views;

/// <summary>Shows how far a job has come: a bar for each stage on a terminal, lines elsewhere.</summary>
internal abstract class ProgressView : IRunProgress
{
    /// <summary>How often at most a line about something that goes on is written.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <param name="job">The job.</param>
    /// <param name="toError">Keeps standard output for the result: there are no bars, and lines go to standard error.</param>
    internal static Task<T> WatchAsync<T>(Func<ProgressView, Task<T>> job, bool toError)
    {
        var screen = AnsiConsole.Profile;
        if (toError || Console.IsOutputRedirected || !screen.Capabilities.Ansi || !screen.Capabilities.Interactive)
            return job(new ProgressLines(toError ? Console.Error : Console.Out));
        return AnsiConsole.Progress().Columns(ProgressBars.Columns(screen.Width)).StartAsync(context => job(new ProgressBars(context)));
    }

    private RunPlan? plan;

    /// <summary>Is called when a stage has ended.</summary>
    internal Action? AfterStage { get; set; }

    public void Planned(RunPlan plan)
    {
        this.plan = plan;
        End("plan", $"{plan}");
    }

    public void Started(string stage, string description, int resumedStep = 0) =>
        Begin(stage, resumedStep > 0 ? $"{description}, resumed at step {resumedStep}" : description);

    public abstract void Trained(TrainingProgress progress);

    public void Installed(DataProgress progress) =>
        Advanced(progress.Step, progress.Total == 0 ? null : (double)progress.Done / progress.Total);

    public void Advanced(string part) => Advanced(part, null);

    public abstract void Warned(string text);

    public IRunProgress Beside()
    {
        var beside = Another();
        (beside.plan, beside.AfterStage) = (plan, AfterStage);
        return beside;
    }

    public void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun)
    {
        var left = plan?.After(stage) is { } some && some > TimeSpan.Zero ? $"; about {TimeLeft.Text(some)} left in all" : "";
        End(stage, $"{result} ({(isFromEarlierRun ? "from an earlier run" : TimeLeft.Text(time))}{left})");
        if (AfterStage is null || isFromEarlierRun) return;
        try
        {
            lock (AfterStage) AfterStage();
        }
        catch (UserException error)
        {
            // Not a reason to end a run.
            Warned(error.Message);
        }
    }

    /// <summary>The running stage is at a step, of which a share is done; null where nobody knows how much.</summary>
    internal abstract void Advanced(string step, double? share);

    protected abstract ProgressView Another();

    protected abstract void Begin(string stage, string description);

    protected abstract void End(string stage, string result);

    protected static string Describe(TrainingProgress at) =>
        $"epoch {at.Epoch + 1}/{at.Epochs}  loss {at.Loss:f3}  training {100 * at.Accuracy:f1} %  {at.ImagesPerSecond:n0} images/s";
}

internal sealed class ProgressBars(ProgressContext context) : ProgressView
{
    private const int BarWidth = 24;

    private string name = "";
    private ProgressTask? bar;

    /// <summary>What a terminal has room for, so that a good part is left for the text.</summary>
    internal static ProgressColumn[] Columns(int width) =>
    [
        new StageColumn(Math.Max(1, width - 6 - (width < 100 ? 0 : BarWidth + 1) - (width < 50 ? 0 : 9))),
        .. width < 100 ? [] : (ProgressColumn[])[new ProgressBarColumn { Width = BarWidth }],
        new PercentageColumn(),
        .. width < 50 ? [] : (ProgressColumn[])[new RemainingTimeColumn()],
    ];

    public override void Trained(TrainingProgress progress) => Advanced(Describe(progress), progress.Share);

    // Above the bars, which stay where they are.
    public override void Warned(string text) =>
        AnsiConsole.Write(new Text($"WARNING: {PlainText.Of(text)}\n", new Style(Color.Red, decoration: Decoration.Bold)));

    protected override ProgressView Another() => new ProgressBars(context);

    protected override void End(string stage, string result)
    {
        if (name != stage || bar is null) Begin(stage, result);
        Advanced(result, 1);
        bar!.StopTask();
        bar = null;
    }

    protected override void Begin(string stage, string description)
    {
        (name, bar) = (stage, context.AddTask(Markup.Escape(PlainText.Of(stage)), maxValue: 1));
        Advanced(description, null);
    }

    internal override void Advanced(string step, double? share)
    {
        bar!.Description = Markup.Escape(PlainText.Of($"{name,-10} {step}"));
        bar.IsIndeterminate = share is null;
        bar.Value = share ?? 0;
    }

    // Spectre's own cuts a text anywhere.
    private sealed class StageColumn(int room) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Terminal.Fit(Markup.Remove(task.Description), room).PadRight(room));
    }
}

/// <summary>A line for each thing that happens, for each quarter of a long step, and every few seconds while a network trains.</summary>
internal sealed class ProgressLines(TextWriter output) : ProgressView
{
    private string name = "";
    private (string Step, int Quarter) last;
    private DateTime next;
    private TimeLeft timeLeft = new();

    public override void Trained(TrainingProgress progress)
    {
        var (now, left) = (DateTime.UtcNow, timeLeft.After(progress));
        if (now < next) return;
        next = now + Interval;
        Line(left is { } time ? $"{Describe(progress)}  {TimeLeft.Text(time)} left" : Describe(progress));
    }

    public override void Warned(string text) => Terminal.Warn(text);

    protected override ProgressView Another() => new ProgressLines(output);

    protected override void End(string stage, string result)
    {
        name = stage;
        Line(result);
    }

    protected override void Begin(string stage, string description)
    {
        (name, last, timeLeft, next) = (stage, default, new(), DateTime.UtcNow + Interval);
        Line(description);
    }

    internal override void Advanced(string step, double? share)
    {
        var now = (step, Quarter: (int)(4 * (share ?? 0)));
        if (now == last) return;
        last = now;
        Line(now.Quarter == 0 ? step : $"{step}: {25 * now.Quarter} %");
    }

    private void Line(string text) => output.WriteLine(PlainText.Of($"{name,-10} {text}"));
}
