using System.Globalization;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Experiments.Statistics;
using Spectre.Console;

namespace DistillKit.Cli.Views;

/// <summary>An experiment's table, in percent and points; ± is half the width of an interval of 95 %, by itself or corrected.</summary>
internal static class ExperimentTableView
{
    internal static void Show(ExperimentTable result, string folder)
    {
        string[] grid = [.. result.Rows.SelectMany(row => row.Grid).Select(value => value.Path).Distinct()];
        var table = Tables.New("recipe");
        foreach (var column in (string[])[.. grid.Select(path => ShortNameOf(path, grid)), "runs", $"{result.Metric.ToString().ToLowerInvariant()} %"]) Add(table, column);
        if (result.Budget == BudgetRule.Free) Add(table, "pixels");
        if (result.Baseline is not null)
        {
            foreach (var column in (string[])[$"against {result.Baseline}", "corrected", "p (Holm)"]) Add(table, column);
            table.AddColumn(new TableColumn("verdict").NoWrap());
        }
        foreach (var row in result.Rows)
        {
            List<string> cells = [row.Recipe, .. grid.Select(path => row.Grid.FirstOrDefault(value => value.Path == path)?.Value ?? ""), $"{row.Count}", With(row.Interval, Format(100 * row.Mean, "f2"))];
            if (result.Budget == BudgetRule.Free) cells.Add(Format(row.Pixels, "f2"));
            if (result.Baseline is not null)
            {
                var versus = row.Comparison;
                cells.AddRange([With(versus?.Interval, Format(100 * versus?.Difference, "+0.00;-0.00;0.00")), With(versus?.Corrected, ""), Format(versus?.AdjustedP, "f4"), versus?.Verdict.Text() ?? ""]);
            }
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        Tables.Write(table);
        Console.WriteLine($"±: 95 % interval over seeds{(result.Test is null ? "" : $"; {result.Test}")}");
        Console.WriteLine(Describe(result));
        if (result.Runs.Count > 0) Console.WriteLine($"{Path.Combine(Path.GetRelativePath(Directory.GetCurrentDirectory(), folder), "results.csv")}, results.json");
    }

    private static string Describe(ExperimentTable result)
    {
        var machines = string.Join("; ", result.Runs.Select(run => $"{run.Machine.Cpu}, {run.Machine.Engine}, {run.ComputeType}").Distinct());
        return $"{result.Runs.Count} of {result.Planned} runs; profile {result.Profile}, seeds {string.Join(", ", result.Seeds)}{(machines == "" ? "" : $"; {machines}")}; {result.Date:yyyy-MM-dd}";
    }

    private static void Add(Table table, string column) => table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());

    /// <summary>The last part of a path, or all of it where two end alike.</summary>
    private static string ShortNameOf(string path, string[] paths)
    {
        var last = path[Math.Max(0, path.LastIndexOf('.'))..];
        return paths.Count(other => other.EndsWith(last, StringComparison.Ordinal)) == 1 ? last.TrimStart('.') : path;
    }

    private static string With(Interval? interval, string mean) => interval is { } ends ? $"{mean} ± {Format(50 * (ends.High - ends.Low), "f2")}".Trim() : mean;

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
