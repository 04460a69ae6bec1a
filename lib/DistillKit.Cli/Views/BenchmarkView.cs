namespace DistillKit.Cli.Views;

/// <summary>What an ONNX file costs in a runtime, or the reason why that could not be measured.</summary>
internal sealed record FileSpeed(
    string File, string Runtime, long FileBytes, double? LatencyMilliseconds, double? LatencyP95Milliseconds, double? ImagesPerSecond,
    long? PeakMemoryBytes, string? Reason);

/// <summary>Measurements of deployed files: of a run, of any files, and of the operators of one file.</summary>
internal static class BenchmarkView
{
    private const string Conditions = "latency: 1 image, 1 thread, median and 95th percentile, the files taking turns";
    private const string Memory = "memory: peak of a process that only infers";

    internal static void Show(BenchmarkResult result)
    {
        var table = new TextTable(BenchmarkTable.Header[..BenchmarkTable.Words]).Numbers(BenchmarkTable.Header[BenchmarkTable.Words..]);
        foreach (var row in BenchmarkTable.Rows(result)) table.Add(row);
        table.Show();
        foreach (var gap in result.Gaps ?? [])
            Console.WriteLine($"{gap.Name} {gap.Format}, {gap.Runtime}: not measured, because {gap.Reason}");
        foreach (var found in result.Agreements)
        {
            var same = $"{100 * found.SameTop1:f2} % of the test images, mean difference of logits {found.MeanDifference:f4}";
            Console.WriteLine($"{found.Name}: the runtimes give the same answer to {same}");
        }
        var machine = result.Machine;
        var origin = $"profile {result.Profile}, seed {result.Seed}, {result.Date:yyyy-MM-dd}";
        Console.WriteLine($"{BenchmarkTable.Processor(machine)}; {machine.Engine}; {origin}");
        Console.WriteLine($"{Conditions}; throughput: batches of 64, all threads; {Memory}");
    }

    internal static void Show(IReadOnlyList<FileSpeed> rows, MachineInfo machine, int threads)
    {
        var table = new TextTable("file", "runtime").Numbers("size", "latency", "p95", "throughput", "memory");
        var hasReasons = rows.Any(row => row.Reason is not null);
        if (hasReasons) table.Text("not measured, because");
        foreach (var row in rows)
        {
            table.Add(
            [
                row.File, row.Runtime, $"{row.FileBytes / 1e6:f2} MB", With(row.LatencyMilliseconds, "f3", " ms"),
                With(row.LatencyP95Milliseconds, "f3", " ms"), With(row.ImagesPerSecond, "n0", "/s"),
                With(row.PeakMemoryBytes / 1e6, "f0", " MB"), .. hasReasons ? [row.Reason ?? ""] : (string[])[],
            ]);
        }
        table.Show();
        var throughput = $"throughput: batches of 64 on {Terminal.Count(threads, "thread")}";
        Console.WriteLine($"{BenchmarkTable.Processor(machine)}; {Conditions}; {throughput}; {Memory}");
    }

    internal static void Show(EdgeModel model, IReadOnlyList<OperatorProfile> profile)
    {
        var total = Time(profile);
        var table = new TextTable("operator", "kind", "shape").Numbers("MACs", "time", "share", "GMAC/s");
        foreach (var entry in profile)
        {
            var time = entry.Time.TotalMicroseconds;
            table.Add(
                entry.Name, entry.Kind, entry.Shape, $"{entry.MultiplyAccumulates / 1e6:f2} M", $"{time:f1} µs",
                $"{100 * time / total:f1} %", entry.MultiplyAccumulates == 0 ? "" : $"{entry.MultiplyAccumulates / time / 1e3:f0}");
        }
        table.Show();
        var work = $"{model.MultiplyAccumulates / 1e6:f1} M multiply-accumulates, {model.MultiplyAccumulates / total / 1e3:f0} GMAC/s";
        Console.WriteLine($"{model.InstructionSet}: {total:f0} µs for {work}");
        foreach (var kind in profile.GroupBy(entry => entry.Kind.Split(' ')[0]).OrderByDescending(Time))
        {
            var share = 100.0 * kind.Sum(entry => entry.MultiplyAccumulates) / model.MultiplyAccumulates;
            Console.WriteLine($"  {kind.Key}: {100 * Time(kind) / total:f0} %, {share:f0} % of the multiply-accumulates");
        }
    }

    private static string With(double? value, string format, string unit) => value?.ToString(format) is { } text ? text + unit : "";

    private static double Time(IEnumerable<OperatorProfile> profile) => profile.Sum(entry => entry.Time.TotalMicroseconds);
}
