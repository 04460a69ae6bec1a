using System.Globalization;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Experiments.Statistics;

namespace DistillKit.Notebook.Formatting;

/// <summary>How the table of an experiment looks: a row for each variant, and the rule behind the verdicts.</summary>
internal static class ExperimentTables
{
    internal static Table ToTable(ExperimentTable table)
    {
        string[] grid = [.. table.Rows.SelectMany(row => row.Grid).Select(value => value.Path).Distinct()];
        string[] comparison = table.Baseline is null ? [] : [$"above {table.Baseline} (points)", "95 % interval, uncorrected", "p after Holm", "verdict"];
        string[] header = ["recipe", .. grid, "seeds", $"{table.Metric.ToString().ToLowerInvariant()} (%)", .. comparison];
        var rows = table.Rows.Select(row => (string[])
        [
            row.Recipe, .. grid.Select(path => row.Grid.FirstOrDefault(value => value.Path == path)?.Value ?? ""), row.Count.ToString(CultureInfo.InvariantCulture), Points(row.Mean),
            .. table.Baseline is null ? (string[])[] : Compared(row.Comparison),
        ]);
        return new(header, [.. rows], table.Name, table.Test);
    }

    private static string[] Compared(Comparison? comparison) =>
    [
        Points(comparison?.Difference), comparison?.Interval is { } interval ? $"{Points(interval.Low)} to {Points(interval.High)}" : "",
        comparison?.AdjustedP?.ToString("f3", CultureInfo.InvariantCulture) ?? "", comparison?.Verdict.Text() ?? "",
    ];

    private static string Points(double? share) => (100 * share)?.ToString("f2", CultureInfo.InvariantCulture) ?? "";
}
