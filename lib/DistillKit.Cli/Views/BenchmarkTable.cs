using System.Globalization;
using DistillKit.Runs.Stages;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>The final comparison.</summary>
internal static class BenchmarkTable
{
    internal static void Show(BenchmarkResult result)
    {
        var table = Tables.New("network");
        table.AddColumn("numbers");
        table.AddColumn("runtime");
        foreach (var column in (string[])["test", "ECE", "MACs", "file", "latency", "p95", "throughput", "memory", "made in"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in result.Rows)
        {
            table.AddRow(
                row.Name, row.Format, row.Runtime, Text($"{100 * row.Accuracy:f2} %"), Text($"{100 * row.CalibrationError:f1} %"),
                Text($"{row.MultiplyAccumulates / 1e6:f1} M"), Text($"{row.FileBytes / 1e6:f2} MB"), Text($"{row.LatencyMilliseconds:f3} ms"), Text($"{row.LatencyP95Milliseconds:f3} ms"),
                Text($"{row.ImagesPerSecond:n0}/s"), row.PeakMemoryBytes is { } bytes ? Text($"{bytes / 1e6:f0} MB") : "", Text($"{row.Seconds:f0} s"));
        }
        Tables.Write(table);
        foreach (var agreement in result.Agreements)
            Console.WriteLine(Text($"{agreement.Name}: the runtimes give the same answer to {100 * agreement.SameTop1:f2} % of the test images, mean difference of logits {agreement.MeanDifference:f4}"));
        Console.WriteLine($"{result.Machine.Cpu}, {result.Machine.Cores} cores; {result.Machine.Engine}; profile {result.Profile}, seed {result.Seed}, {result.Date:yyyy-MM-dd}");
        Console.WriteLine("latency: 1 image, 1 thread, median and 95th percentile, the files taking turns; throughput: batches of 64, all threads; memory: peak of a process that only infers");
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
