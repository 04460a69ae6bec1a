using System.Net;
using DistillKit.Graphs;
using DistillKit.Notebook.Exercises;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using XPlot.Plotly;

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
        Both<ExerciseResult>(result => result.ToHtml());
        Tabular<Table>(table => table);
        Tabular<NotebookSummary>(summary => summary.Table());
        Tabular<TrainingHistory>(ResultTables.Of);
        Tabular<TrainedNetwork>(network => ResultTables.Of(network.History));
        Tabular<BenchmarkResult>(ResultTables.Of);
        Tabular<ExperimentTable>(ResultTables.Of);
        Tabular<MachineInfo>(ResultTables.Of);
        Tabular<DataFrame>(ResultTables.Of);
        Both<Graph>(graph => $"<pre>{WebUtility.HtmlEncode(graph.ToText())}</pre>", graph => graph.ToText());
        Both<Lab>(lab => $"<div>{WebUtility.HtmlEncode(lab.ToString())}</div>");
        Formatter.Register<Evidence>((Evidence evidence, TextWriter writer) => writer.Write(evidence.ToJson()), Evidence.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(Evidence), Evidence.MimeType);
        Both<PlotlyChart>(Picture, chart => ChartText.Describe(chart, Table.MostColumns));
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

    // It needs neither script nor network, and on a card of its own it looks the same on a light and on a dark page.
    private static string Picture(PlotlyChart chart)
    {
        var picture = Convert.ToBase64String(Encoding.UTF8.GetBytes(Svg.RenderCard(chart)));
        return $"<img alt=\"{WebUtility.HtmlEncode(ChartText.Title(chart))}\" src=\"data:image/svg+xml;base64,{picture}\">";
    }
}
