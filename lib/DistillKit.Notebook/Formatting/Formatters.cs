using System.Globalization;
using System.Net;
using DistillKit.Charts;
using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Experiments;
using DistillKit.Graphs;
using DistillKit.Notebook.Exercises;
using DistillKit.Notebook.Live;
using DistillKit.Pipeline;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using XPlot.Plotly;
using static TorchSharp.torch;

namespace DistillKit.Notebook.Formatting;

/// <summary>How the library's types look in a notebook.</summary>
internal static class Formatters
{
    private const string SvgType = "image/svg+xml";

    internal static void Register()
    {
        Both<Tensor>(TensorSummary.ToHtml, TensorSummary.Describe);
        Both<ImageGrid>(grid => grid.ToHtml());
        Both<ImageSet>(set => ImageGrid.Of(set).ToHtml(), set => ImageGrid.Of(set).ToString());
        Both<Batch>(batch => ImageGrid.Of(batch).ToHtml(), batch => TensorSummary.Describe(batch.Images));
        Both<ProgressBar>(bar => bar.ToHtml());
        Both<Prediction>(prediction => prediction.ToHtml());
        Both<CheckResult>(check => check.ToHtml());
        Both<TrainingRun>(History);
        Both<TrainedNetwork>(network => History(network.History), network => $"{network.Stage}: validation {Text.Percent(network.Result.ValidationAccuracy)}");
        Both<BenchmarkResult>(Benchmark, result => result.Summary);
        Both<ExperimentTable>(ExperimentTables.ToHtml, table => table.Test ?? table.Name);
        Both<MachineInfo>(machine => Text.Table(["", ""], [["processor", machine.Cpu], ["cores", machine.Cores.ToString()], ["system", machine.OperatingSystem], ["engine", machine.Engine]]));
        Both<Graph>(graph => $"<pre>{WebUtility.HtmlEncode(graph.ToText())}</pre>", graph => graph.ToText());
        Both<Lab>(lab => $"<div>{WebUtility.HtmlEncode(lab.ToString())}</div>");
        // As a picture: it shows where no script runs, on a code host, in print, without a network.
        Both<PlotlyChart>(Svg.Render, chart => "a chart", SvgType);
        Formatter.Register<DataFrame>((DataFrame frame, TextWriter writer) => writer.Write(DataFrames.ToHtml(frame)), HtmlFormatter.MimeType);
    }

    private static void Both<T>(Func<T, string> toRich, Func<T, string>? toText = null, string type = HtmlFormatter.MimeType) where T : notnull
    {
        Formatter.Register<T>((T value, TextWriter writer) => writer.Write(toRich(value)), type);
        Formatter.Register<T>((T value, TextWriter writer) => writer.Write((toText ?? (any => any.ToString() ?? ""))(value)), PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(T), type, PlainTextFormatter.MimeType);
    }

    private static string History(TrainingRun run)
    {
        var (losses, accuracies, validations) = (ByEpoch(run.Loss), ByEpoch(run.Accuracy), ByEpoch(run.Validation));
        var rows = losses.Keys.Union(validations.Keys).Order().Select(epoch => (string[])
        [
            epoch.ToString(CultureInfo.InvariantCulture), Cell(losses, epoch, Text.Number), Cell(accuracies, epoch, Text.Percent), Cell(validations, epoch, Text.Percent),
        ]);
        return Text.Table(["epoch", "loss", "training", "validation"], rows, run.Name);

        static string Cell(Dictionary<int, double> values, int epoch, Func<double, string> write) => values.TryGetValue(epoch, out var value) ? write(value) : "";

        // What is logged at the end of epoch 1 carries the time 1.
        static Dictionary<int, double> ByEpoch(IEnumerable<LoggedValue> values) =>
            values.GroupBy(value => (int)Math.Ceiling(value.Epoch - 1e-6)).ToDictionary(group => group.Key, group => group.Average(value => value.Value));
    }

    private static string Benchmark(BenchmarkResult result)
    {
        var table = Text.Table(
            ["network", "numbers", "runtime", "test", "ECE", "MACs", "file", "latency", "p95", "throughput", "memory"],
            result.Rows.Select(row => new FormattableString[]
            {
                $"{row.Name}", $"{row.Format}", $"{row.Runtime}", $"{100 * row.Accuracy:f2} %", $"{100 * row.CalibrationError:f1} %", $"{row.MultiplyAccumulates / 1e6:f1} M", $"{row.FileBytes / 1e6:f2} MB",
                $"{row.LatencyMilliseconds:f3} ms", $"{row.LatencyP95Milliseconds:f3} ms", $"{row.ImagesPerSecond:n0}/s", $"{(row.PeakMemoryBytes is { } bytes ? Math.Round(bytes / 1e6) : (double?)null)}{(row.PeakMemoryBytes is null ? "" : " MB")}",
            }.Select(FormattableString.Invariant)));
        var machine = result.Machine;
        return table + $"<div>{WebUtility.HtmlEncode($"{machine.Cpu}, {machine.Cores} cores; {machine.Engine}; profile {result.Profile}, seed {result.Seed}, {result.Date:yyyy-MM-dd}")}</div>";
    }
}
