using DistillKit.Runs.Experiments.Statistics;
using Microsoft.Data.Analysis;

namespace DistillKit.Notebook.Formatting;

/// <summary>The library's results as tables.</summary>
internal static class ResultTables
{
    private const int MostRows = 50;
    private const int MostDecimals = 6;

    /// <summary>The first rows, the numbers of a column with equally many decimals.</summary>
    internal static Table Of(DataFrame frame)
    {
        var more = frame.Rows.Count - MostRows;
        string[] formats = [.. frame.Columns.Select(column => FormatOf(column.Cast<object?>().Take(MostRows)))];
        return new(
            [.. frame.Columns.Select(column => column.Name)],
            [.. frame.Rows.Take(MostRows).Select(row => row.Select((value, column) => Cell(value, formats[column])).ToArray())],
            Note: more > 0 ? FormattableString.Invariant($"{more:n0} more {(more == 1 ? "row" : "rows")}") : null);

        static string Cell(object? value, string format) => value switch
        {
            null => "",
            double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString(format, CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    /// <summary>Four digits for the largest number, two for the smallest, and no more than any of them needs.</summary>
    private static string FormatOf(IEnumerable<object?> values)
    {
        double[] numbers = [.. values.Where(value => value is double or float)
            .Select(value => Math.Abs(Convert.ToDouble(value, CultureInfo.InvariantCulture))).Where(double.IsFinite)];
        int[] powers = [.. numbers.Where(value => value > 0).Select(value => (int)Math.Floor(Math.Log10(value)))];
        if (powers.Length == 0) return "f0";
        var (most, least) = (powers.Max(), powers.Min());
        if (most < 3 - MostDecimals) return "0.##e+0";
        var decimals = Math.Min(MostDecimals, Math.Max(3 - most + Math.Min(1, most - least), 1 - least));
        for (decimals = Math.Max(0, decimals); decimals > 0 && numbers.All(value => IsWhole(value, decimals - 1)); decimals--) { }
        return $"n{decimals}";

        static bool IsWhole(double value, int decimals) =>
            Math.Abs(value * Math.Pow(10, decimals) - Math.Round(value * Math.Pow(10, decimals))) < 1e-6;
    }

    internal static Table Of(MachineInfo machine) => new(
        ["", ""],
        [["processor", machine.Cpu], ["cores", Whole(machine.Cores)], ["system", machine.OperatingSystem], ["engine", machine.Engine]]);

    /// <summary>A row for each epoch.</summary>
    internal static Table Of(TrainingHistory history)
    {
        var rows = history.Lines.GroupBy(line => line.Epoch).Select(epoch => (string[])
        [
            Whole(epoch.Key + 1), Cell(epoch.Average(line => line.Loss), Text.Number),
            Cell(epoch.Average(line => line.Accuracy), Text.Percent), Cell(epoch.Average(line => line.ValidationAccuracy), Text.Percent),
        ]);
        return new(["epoch", "loss", "training", "validation"], [.. rows], history.Name);

        static string Cell(double? value, Func<double, string> write) => value is { } known ? write(known) : "";
    }

    /// <summary>A row for each file and runtime.</summary>
    internal static Table Of(BenchmarkResult result)
    {
        var (machine, day) = (result.Machine, result.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return new(
            BenchmarkTable.Header, BenchmarkTable.Rows(result),
            Note: $"{BenchmarkTable.Processor(machine)}; {machine.Engine}; profile {result.Profile}, seed {result.Seed}, {day}");
    }

    /// <summary>A row for each variant, and the rule behind the verdicts.</summary>
    internal static Table Of(ExperimentTable table)
    {
        var grid = table.GridPaths();
        string[] comparison = table.Baseline is null
            ? []
            : [$"above {table.Baseline} (points)", "95 % interval, uncorrected", "p after Holm", "verdict"];
        string[] header = ["recipe", .. grid, "seeds", $"{table.Metric.ToString().ToLowerInvariant()} (%)", .. comparison];
        var rows = table.Rows.Select(row => (string[])
        [
            row.Recipe, .. row.ValuesOf(grid), Whole(row.Count),
            Points(row.Mean), .. table.Baseline is null ? (string[])[] : Compared(row.Comparison),
        ]);
        return new(header, [.. rows], table.Name, table.Test);
    }

    /// <summary>A row for each variant, and a column for each seed.</summary>
    internal static Table OfRuns(ExperimentTable table)
    {
        var grid = table.GridPaths();
        var rows = table.Rows.Select(row => (string[])
        [
            row.Recipe, .. row.ValuesOf(grid),
            .. table.Seeds.Select(seed => Points(table.RunsOf(row).FirstOrDefault(run => run.Seed == seed)?.Accuracy)),
        ]);
        return new(
            ["recipe", .. grid, .. table.Seeds.Select(seed => FormattableString.Invariant($"seed {seed}"))], [.. rows],
            $"{table.Name}: {table.Metric.ToString().ToLowerInvariant()} accuracy of every run (%)");
    }

    private static string[] Compared(Comparison? comparison) =>
    [
        Points(comparison?.Difference), comparison?.Interval is { } interval ? $"{Points(interval.Low)} to {Points(interval.High)}" : "",
        comparison?.AdjustedP?.ToString("f3", CultureInfo.InvariantCulture) ?? "", comparison?.Verdict.Text() ?? "",
    ];

    private static string Points(double? share) => (100 * share)?.ToString("f2", CultureInfo.InvariantCulture) ?? "";

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
