using DistillKit.Runs.Experiments.Statistics;

namespace DistillKit.Cli.Views;

/// <summary>An experiment's table, in percent and points; ± is half the width of an interval of 95 %, by itself or corrected.</summary>
internal static class ExperimentView
{
    internal static void Show(ExperimentTable result, string folder)
    {
        string[] grid = [.. result.Rows.SelectMany(row => row.Grid).Select(value => value.Path).Distinct()];
        var (isFree, isCompared) = (result.Budget == BudgetRule.Free, result.Baseline is not null);
        var table = new TextTable("recipe")
            .Numbers(grid.Select(path => ShortNameOf(path, grid)))
            .Numbers("runs", $"{result.Metric.ToString().ToLowerInvariant()} %");
        if (isFree) table.Numbers("pixels");
        if (isCompared) table.Numbers($"against {result.Baseline}", "corrected", "p (Holm)").Text("verdict");
        foreach (var row in result.Rows)
        {
            var versus = row.Comparison;
            table.Add(
            [
                row.Recipe, .. grid.Select(path => row.Grid.FirstOrDefault(value => value.Path == path)?.Value ?? ""), $"{row.Count}",
                With(row.Interval, $"{100 * row.Mean:f2}"),
                .. isFree ? [$"{row.Pixels:f2}"] : (string[])[],
                .. isCompared
                    ?
                    [
                        With(versus?.Interval, $"{100 * versus?.Difference:+0.00;-0.00;0.00}"), With(versus?.Corrected, ""),
                        $"{versus?.AdjustedP:f4}", versus?.Verdict.Text() ?? "",
                    ]
                    : (string[])[],
            ]);
        }
        table.Show();
        Console.WriteLine($"±: 95 % interval over seeds{(result.Test is null ? "" : $"; {result.Test}")}");
        var machines = result.Runs.Select(run => $"; {run.Machine.Cpu}, {run.Machine.Engine}, {run.ComputeType}").Distinct();
        var origin = $"profile {result.Profile}, seeds {string.Join(", ", result.Seeds)}{string.Concat(machines)}";
        Console.WriteLine($"{result.Runs.Count} of {result.Planned} runs; {origin}; {result.Date:yyyy-MM-dd}");
        if (result.Runs.Count > 0) Console.WriteLine($"{Path.GetRelativePath(".", Path.Combine(folder, "results.csv"))}, results.json");
    }

    /// <summary>The last part of a path, or all of it where two end alike.</summary>
    private static string ShortNameOf(string path, string[] paths)
    {
        var last = path[Math.Max(0, path.LastIndexOf('.'))..];
        return paths.Count(other => other.EndsWith(last, StringComparison.Ordinal)) == 1 ? last.TrimStart('.') : path;
    }

    private static string With(Interval? interval, string mean) =>
        interval is { } ends ? $"{mean} ± {50 * (ends.High - ends.Low):f2}".Trim() : mean;
}
