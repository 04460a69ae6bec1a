using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>A bar on a terminal while something runs; elsewhere a line on standard error for each step and quarter.</summary>
internal static class ProgressView
{
    private const int Lines = 4;

    internal static T Show<T>(Func<IProgress<(string Step, double Done)>, T> job)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected) return job(new Plain());
        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => job(new Bars(context)));
    }

    internal static IProgress<double> Named(string step, IProgress<(string Step, double Done)> progress) => new One(step, progress);

    private sealed class One(string step, IProgress<(string Step, double Done)> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report((step, value));
    }

    private sealed class Bars(ProgressContext context) : IProgress<(string Step, double Done)>
    {
        private readonly Dictionary<string, ProgressTask> bars = [];

        public void Report((string Step, double Done) value)
        {
            if (!bars.TryGetValue(value.Step, out var bar)) bars[value.Step] = bar = context.AddTask(Markup.Escape(value.Step), maxValue: 1);
            bar.Value = value.Done;
        }
    }

    private sealed class Plain : IProgress<(string Step, double Done)>
    {
        private (string Step, int Quarter) last;

        public void Report((string Step, double Done) value)
        {
            var now = (value.Step, (int)(Lines * value.Done));
            if (now == last) return;
            last = now;
            Console.Error.WriteLine(FormattableString.Invariant($"{value.Step} {100 * value.Done:f0} %"));
        }
    }
}
