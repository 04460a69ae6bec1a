using DistillKit.Charts;
using DistillKit.Data;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>Shows a run: bars on a terminal, plain lines elsewhere, and the table at the end.</summary>
internal abstract class PipelineView : IPipelineObserver
{
    /// <summary>Runs a job with a view.</summary>
    internal static Task<T> WatchAsync<T>(Func<IPipelineObserver, Task<T>> job, bool json) =>
        json || Console.IsOutputRedirected ? job(new PlainView(json ? Console.Error : Console.Out)) : OnTerminalAsync(job);

    /// <summary>Runs the main job with a view, writes its report, and prints its result.</summary>
    internal static async Task<int> ShowAsync(Func<IPipelineObserver, Task<(BenchmarkResult Result, string Folder)>> job, bool json, CancellationToken cancellation)
    {
        var started = DateTime.UtcNow;
        var (result, folder) = await WatchAsync(job, json);
        cancellation.ThrowIfCancellationRequested();
        var report = Report.Write(folder, Path.Combine(folder, "report.html"));
        if (json)
        {
            Console.WriteLine(result.ToJson());
            return 0;
        }
        BenchmarkTable.Show(result);
        Console.WriteLine($"{Path.Combine(Path.GetRelativePath(Directory.GetCurrentDirectory(), folder), "benchmark.csv")}, benchmark.json; total time {TimeLeft.Text(DateTime.UtcNow - started)}");
        Console.WriteLine($"the report, to open in a browser: {Path.GetRelativePath(Directory.GetCurrentDirectory(), report.Path)}");
        return 0;
    }

    public abstract void Started(string stage, string description, int resumedStep);

    public abstract void Trained(TrainingProgress progress);

    public abstract void Installed(DataProgress progress);

    public abstract void Advanced(string part);

    public abstract void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun);

    internal static string Describe(TrainingProgress progress) => FormattableString.Invariant(
        $"epoch {progress.Epoch + 1}/{progress.Epochs}  loss {progress.Loss:f3}  training {100 * progress.Accuracy:f1} %  {progress.ImagesPerSecond:n0} images/s");

    private static Task<T> OnTerminalAsync<T>(Func<IPipelineObserver, Task<T>> job) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(context => job(new BarView(context)));
}

/// <summary>A bar for each stage.</summary>
internal sealed class BarView(ProgressContext context) : PipelineView
{
    private string name = "";
    private ProgressTask? bar;

    public override void Started(string stage, string description, int resumedStep)
    {
        name = stage;
        bar = context.AddTask(Line(resumedStep > 0 ? $"{description}, resumed at step {resumedStep}" : description));
        bar.IsIndeterminate = true;
    }

    public override void Trained(TrainingProgress progress) => Set(Describe(progress), progress.Share, 1);

    public override void Installed(DataProgress progress) => Set(progress.Step, progress.Done, progress.Total);

    public override void Advanced(string part) => bar!.Description = Line(part);

    public override void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun)
    {
        if (name != stage || bar is null || bar.IsFinished) Started(stage, result, 0);
        bar!.IsIndeterminate = false;
        bar.Value = bar.MaxValue;
        bar.Description = Line(isFromEarlierRun ? $"{result} (from an earlier run)" : result);
        bar.StopTask();
    }

    private void Set(string text, double done, double total)
    {
        bar!.IsIndeterminate = total == 0;
        bar.MaxValue = Math.Max(total, 1);
        bar.Value = done;
        bar.Description = Line(text);
    }

    private string Line(string text) => $"[bold]{Markup.Escape(name),-10}[/] {Markup.Escape(text)}";
}

/// <summary>A line for each thing that happens, and one every few seconds while a network trains.</summary>
internal sealed class PlainView(TextWriter output) : PipelineView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private string name = "";
    private string lastStep = "";
    private DateTime next;
    private TimeLeft timeLeft = new();

    public override void Started(string stage, string description, int resumedStep)
    {
        (name, timeLeft, next) = (stage, new(), DateTime.UtcNow + Interval);
        Line(resumedStep > 0 ? $"{description}, resumed at step {resumedStep}" : description);
    }

    public override void Trained(TrainingProgress progress)
    {
        var (now, left) = (DateTime.UtcNow, timeLeft.After(progress));
        if (now < next) return;
        next = now + Interval;
        Line(left is { } time ? $"{Describe(progress)}  {TimeLeft.Text(time)} left" : Describe(progress));
    }

    public override void Installed(DataProgress progress)
    {
        if (progress.Step != lastStep) Line(lastStep = progress.Step);
    }

    public override void Advanced(string part) => Line(part);

    public override void Finished(string stage, string result, TimeSpan time, bool isFromEarlierRun)
    {
        name = stage;
        Line($"{result} ({(isFromEarlierRun ? "from an earlier run" : TimeLeft.Text(time))})");
    }

    private void Line(string text) => output.WriteLine($"{name,-10} {text}");
}
