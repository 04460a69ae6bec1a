using System.Globalization;
using DistillKit.Runs.Benchmarks;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>What an ONNX file costs in a runtime.</summary>
internal sealed record SpeedRow(string File, string Runtime, long FileBytes, double LatencyMilliseconds, double LatencyP95Milliseconds, double ImagesPerSecond, long PeakMemoryBytes);

/// <summary>How fast ONNX files are.</summary>
internal static class SpeedTable
{
    internal static void Show(IReadOnlyList<SpeedRow> rows, int threads)
    {
        var table = Tables.New("file").AddColumn("runtime");
        foreach (var column in (string[])["size", "latency", "p95", "throughput", "memory"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in rows)
        {
            table.AddRow(
                row.File, row.Runtime, Text($"{row.FileBytes / 1e6:f2} MB"), Text($"{row.LatencyMilliseconds:f3} ms"), Text($"{row.LatencyP95Milliseconds:f3} ms"),
                Text($"{row.ImagesPerSecond:n0}/s"), Text($"{row.PeakMemoryBytes / 1e6:f0} MB"));
        }
        Tables.Write(table);
        var machine = MachineInfo.Current();
        Console.WriteLine($"{machine.Cpu}, {machine.Cores} cores; latency: 1 image, 1 thread, median and 95th percentile, the files taking turns; throughput: batches of 64 on {threads} {(threads == 1 ? "thread" : "threads")}; memory: peak of a process that only infers");
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
