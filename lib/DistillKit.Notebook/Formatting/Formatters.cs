using System.Globalization;
using System.Net;
using DistillKit.Charts;
using DistillKit.Data;
using DistillKit.Graphs;
using DistillKit.Notebook.Exercises;
using DistillKit.Notebook.Live;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Stages;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using XPlot.Plotly;
using static TorchSharp.torch;

namespace DistillKit.Notebook.Formatting;

/// <summary>How the library's types look in a notebook.</summary>
internal static class Formatters
{
    internal static void Register()
    {
        Both<Tensor>(TensorSummary.ToHtml, TensorSummary.Describe);
        Both<ImageGrid>(grid => grid.ToHtml());
        Both<ImageSet>(set => ImageGrid.Of(set).ToHtml(), set => ImageGrid.Of(set).ToString());
        Both<Batch>(batch => ImageGrid.Of(batch).ToHtml(), batch => TensorSummary.Describe(batch.Images));
        Both<ProgressBar>(bar => bar.ToHtml());
        Both<Prediction>(prediction => prediction.ToHtml());
        Both<CheckResult>(check => check.ToHtml());
        Tabular<TrainingRun>(History);
        Tabular<TrainedNetwork>(network => History(network.History));
        Tabular<BenchmarkResult>(Benchmark);
        Tabular<ExperimentTable>(ExperimentTables.ToTable);
        Tabular<MachineInfo>(Machine);
        Tabular<DataFrame>(DataFrames.ToTable);
        Both<Graph>(graph => $"<pre>{WebUtility.HtmlEncode(graph.ToText())}</pre>", graph => graph.ToText());
        Both<Lab>(lab => $"<div>{WebUtility.HtmlEncode(lab.ToString())}</div>");
        // As a picture: it shows where no script runs, on a code host, in print, without a network.
        Both<PlotlyChart>(ChartPictures.ToHtml, ChartPictures.ToText);
    }

    private static void Tabular<T>(Func<T, Table> make) where T : notnull =>
        Both<T>(value => make(value).ToHtml(), value => make(value).ToString());

    private static void Both<T>(Func<T, string> toHtml, Func<T, string>? toText = null) where T : notnull
    {
        toText ??= value => value.ToString() ?? "";
        Formatter.Register<T>((T value, TextWriter writer) => writer.Write(toHtml(value)), HtmlFormatter.MimeType);
        Formatter.Register<T>((T value, TextWriter writer) => writer.Write(toText(value)), PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(T), HtmlFormatter.MimeType, PlainTextFormatter.MimeType);
    }

    private static Table Machine(MachineInfo machine) => new(
        ["", ""],
        [["processor", machine.Cpu], ["cores", Whole(machine.Cores)], ["system", machine.OperatingSystem], ["engine", machine.Engine]]);

    private static Table History(TrainingRun run)
    {
        var (losses, accuracies, validations) = (ByEpoch(run.Loss), ByEpoch(run.Accuracy), ByEpoch(run.Validation));
        var rows = losses.Keys.Union(validations.Keys).Order().Select(epoch => (string[])
        [
            Whole(epoch), Cell(losses, epoch, Text.Number), Cell(accuracies, epoch, Text.Percent), Cell(validations, epoch, Text.Percent),
        ]);
        return new(["epoch", "loss", "training", "validation"], [.. rows], run.Name);

        static string Cell(Dictionary<int, double> values, int epoch, Func<double, string> write) =>
            values.TryGetValue(epoch, out var value) ? write(value) : "";

        // What is logged at the end of epoch 1 carries the time 1.
        static Dictionary<int, double> ByEpoch(IEnumerable<LoggedValue> values) =>
            values.GroupBy(value => (int)Math.Ceiling(value.Epoch - 1e-6))
                .ToDictionary(group => group.Key, group => group.Average(value => value.Value));
    }

    private static Table Benchmark(BenchmarkResult result)
    {
        var machine = result.Machine;
        return new(
            ["network", "numbers", "runtime", "test", "ECE", "MACs", "file", "latency", "p95", "throughput", "memory"],
            [.. result.Rows.Select(row => new FormattableString[]
            {
                $"{row.Name}", $"{row.Format}", $"{row.Runtime}", $"{100 * row.Accuracy:f2} %", $"{100 * row.CalibrationError:f1} %",
                $"{row.MultiplyAccumulates / 1e6:f1} M", $"{row.FileBytes / 1e6:f2} MB",
                $"{row.LatencyMilliseconds:f3} ms", $"{row.LatencyP95Milliseconds:f3} ms", $"{row.ImagesPerSecond:n0}/s",
                $"{Megabytes(row.PeakMemoryBytes)}",
            }.Select(FormattableString.Invariant).ToArray())],
            Note: FormattableString.Invariant(
                $"""
                {machine.Cpu}, {machine.Cores} cores; {machine.Engine}; profile {result.Profile}, seed {result.Seed}, {result.Date:yyyy-MM-dd}
                """));
    }

    private static string Megabytes(long? bytes) => bytes is { } known ? FormattableString.Invariant($"{Math.Round(known / 1e6)} MB") : "";

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
