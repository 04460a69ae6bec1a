using System.Globalization;
using DistillKit.Experiments;
using DistillKit.Experiments.Statistics;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>An experiment's table, in percent and points.</summary>
internal static class ExperimentTableView
{
    internal static void Show(ExperimentTable result, string folder)
    {
        string[] grid = [.. result.Rows.SelectMany(row => row.Grid).Select(value => value.Path).Distinct()];
        var isFree = result.Budget == BudgetRule.Free;
        var table = Tables.New("recipe");
        string[] columns = result.Baseline is null ? [] : [$"against {result.Baseline}", "95 %", "corrected", "p (Holm)"];
        foreach (var column in (string[])[.. grid, "runs", result.Metric.ToString().ToLowerInvariant(), "95 %", .. columns, .. isFree ? (string[])["pixels"] : []])
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        if (result.Baseline is not null) table.AddColumn("verdict");
        foreach (var row in result.Rows)
        {
            var versus = row.Comparison;
            string[] cells = result.Baseline is null ? [] : [Points(versus?.Difference), Points(versus?.Interval), Points(versus?.Corrected), Format(versus?.AdjustedP, "f4")];
            string[] verdict = result.Baseline is null ? [] : [versus?.Verdict.Text() ?? ""];
            string[] pixels = isFree ? [Format(row.Pixels, "f2")] : [];
            table.AddRow([.. ((string[])
            [
                row.Recipe, .. grid.Select(path => row.Grid.FirstOrDefault(value => value.Path == path)?.Value ?? ""), $"{row.Count}", Percent(row.Mean), Percent(row.Interval), .. cells, .. pixels, .. verdict,
            ]).Select(Markup.Escape)]);
        }
        Tables.Write(table);
        if (result.Test is not null) Console.WriteLine(result.Test);
        Console.WriteLine(Describe(result));
        if (result.Runs.Count > 0) Console.WriteLine($"{Path.Combine(Path.GetRelativePath(Directory.GetCurrentDirectory(), folder), "results.csv")}, results.json");
    }

    private static string Describe(ExperimentTable result)
    {
        var machines = string.Join("; ", result.Runs.Select(run => $"{run.Machine.Cpu}, {run.Machine.Engine}, {run.ComputeType}").Distinct());
        return $"{result.Runs.Count} of {result.Planned} runs; profile {result.Profile}, seeds {string.Join(", ", result.Seeds)}{(machines == "" ? "" : $"; {machines}")}; {result.Date:yyyy-MM-dd}";
    }

    private static string Percent(double? value) => value is { } fraction ? Text($"{100 * fraction:f2} %") : "";

    private static string Percent(Interval? interval) => interval is { } ends ? Text($"{100 * ends.Low:f2} to {100 * ends.High:f2}") : "";

    private static string Points(double? value) => value is { } difference ? Text($"{100 * difference:+0.00;-0.00;0.00}") : "";

    private static string Points(Interval? interval) => interval is { } ends ? Text($"{100 * ends.Low:+0.00;-0.00;0.00} to {100 * ends.High:+0.00;-0.00;0.00}") : "";

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
