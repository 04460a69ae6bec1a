using DistillKit.Runs.Experiments.Statistics;

namespace DistillKit.Runs.Experiments;

/// <summary>What a run came to, with its provenance.</summary>
/// <param name="Accuracy">By the experiment's metric, in [0, 1].</param>
/// <param name="Pixels">The pixels of all images that the training showed.</param>
/// <param name="Seconds">Time in training and validation, interruptions left out.</param>
/// <param name="ComputeType">The type in which convolutions computed.</param>
/// <param name="Version">Of this library.</param>
public sealed record FinishedRun(
    string Id, string Recipe, IReadOnlyList<GridValue> Grid, ulong Seed, double Accuracy, double ValidationAccuracy, int Epochs,
    double Pixels, double Seconds, string ComputeType, MachineInfo Machine, string Version, DateTimeOffset Date);

/// <summary>A variant's results over the seeds that have finished.</summary>
/// <param name="Mean">The mean accuracy, in [0, 1]; null without a run.</param>
/// <param name="Interval">The interval of 95 % for the mean, by Student's t over seeds; null where the runs have no spread.</param>
/// <param name="Comparison">With the baseline; null for the baseline, and where the two have no seed in common.</param>
/// <param name="Pixels">The image pixels of its trainings over those of the baseline's (or else of the first variant's).</param>
public sealed record TableRow(
    string Recipe, IReadOnlyList<GridValue> Grid, int Count, double? Mean, Interval? Interval, Comparison? Comparison, double? Pixels)
{
    /// <summary>The values of fields that the grid varies; empty texts for those that this row leaves as they are.</summary>
    public IEnumerable<string> ValuesOf(IEnumerable<string> paths) =>
        paths.Select(path => Grid.FirstOrDefault(value => value.Path == path)?.Value ?? "");
}

/// <summary>What an experiment has come to so far. Depends on the finished runs alone, not on who ran them or in which order.</summary>
/// <param name="Planned">The number of runs.</param>
/// <param name="Test">The rule behind the verdicts, in a line.</param>
/// <param name="Rows">A row for each variant.</param>
/// <param name="Runs">The runs that have finished.</param>
public sealed record ExperimentTable(
    string Name, string Description, string Profile, Metric Metric, string? Baseline, double Margin, BudgetRule Budget,
    IReadOnlyList<ulong> Seeds, int Planned, string? Test, DateTimeOffset Date, IReadOnlyList<TableRow> Rows,
    IReadOnlyList<FinishedRun> Runs)
{
    private static readonly (string Name, Func<TableRow, string> Cell)[] Columns =
    [
        ("n", row => $"{row.Count}"),
        ("mean", row => Text(row.Mean)),
        ("low", row => Text(row.Interval?.Low)),
        ("high", row => Text(row.Interval?.High)),
        ("pairs", row => $"{row.Comparison?.Pairs}"),
        ("difference", row => Text(row.Comparison?.Difference)),
        ("differenceLow", row => Text(row.Comparison?.Interval?.Low)),
        ("differenceHigh", row => Text(row.Comparison?.Interval?.High)),
        ("correctedLow", row => Text(row.Comparison?.Corrected?.Low)),
        ("correctedHigh", row => Text(row.Comparison?.Corrected?.High)),
        ("p", row => Text(row.Comparison?.P)),
        ("adjustedP", row => Text(row.Comparison?.AdjustedP)),
        ("verdict", row => row.Comparison?.Verdict.Text() ?? ""),
        ("pixels", row => Text(row.Pixels)),
    ];

    internal static readonly string[] FileNames = ["results.csv", "results.json"];

    private static readonly JsonSerializerOptions Written =
        new(Json.IndentedResult) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>The table as indented JSON, with every run and its provenance.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.IndentedResult);

    /// <summary>A line for each row, in fractions of 1; nothing in it depends on time or machine.</summary>
    public string ToCsv()
    {
        var grid = GridPaths();
        string[] header = ["recipe", .. grid, .. Columns.Select(column => column.Name)];
        var rows = Rows.Select(row => (string[])
        [
            row.Recipe,
            .. row.ValuesOf(grid),
            .. Columns.Select(column => column.Cell(row)),
        ]);
        return string.Concat(rows.Prepend(header).Select(cells => string.Join(',', cells.Select(Quoted)) + "\n"));
    }

    /// <summary>Reads a table from its JSON. Its figures and verdicts are computed again from its runs, by today's rule.</summary>
    /// <exception cref="UserException">There is no such file, or it is no table.</exception>
    public static ExperimentTable Read(string path)
    {
        try
        {
            var file = JsonNode.Parse(File.ReadAllText(path));
            // What comparisons came to is not taken from the file, which may have words of an older version.
            foreach (var row in file?["rows"] as JsonArray ?? []) row?.AsObject()["comparison"] = null;
            var table = file?.Deserialize<ExperimentTable>(Written) ?? throw new JsonException("It is empty.");
            return table.Against(table.Baseline);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read {path}: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new UserException($"{path} is no experiment's table: {error.Message}", error);
        }
    }

    /// <summary>The same runs, compared with another recipe.</summary>
    /// <param name="baseline">A recipe; null for a table without verdicts.</param>
    /// <exception cref="UserException">It is not one row of the table.</exception>
    public ExperimentTable Against(string? baseline)
    {
        var found = Rows.Where(row => row.Recipe == baseline).ToArray();
        if (baseline is not null && found.Length != 1)
            throw new UserException($"The baseline of {Name} must be one row, but '{baseline}' is {found.Length}.");
        var reference = found.FirstOrDefault() ?? Rows[0];
        var expected = RunsOf(reference).ToLookup(run => run.Seed, run => run.Accuracy);
        TableRow[] compared = baseline is null ? [] : [.. Rows.Where(row => row != reference)];
        var differences = compared.Select(row => (IReadOnlyList<double>)
            [.. RunsOf(row).Where(run => expected.Contains(run.Seed)).Select(run => run.Accuracy - expected[run.Seed].First())]);
        var judged = Judge.Compare([.. differences], Margin / 100);
        var comparisons = compared.Zip(judged).ToDictionary(pair => pair.First, pair => pair.Second);
        return this with
        {
            Baseline = baseline,
            Test = baseline is null ? null : Judge.Rule(baseline, compared.Length, Margin),
            Rows = [.. Rows.Select(row => Figures(row, comparisons.GetValueOrDefault(row), RunsOf(reference)))],
        };
    }

    /// <summary>The verdicts in a line, for instance as the title of a chart, so that it says no more than they do.</summary>
    public string Summary()
    {
        Comparison[] compared = [.. Rows.Select(row => row.Comparison).OfType<Comparison>()];
        var verdicts = compared.GroupBy(comparison => comparison.Verdict).OrderByDescending(same => same.Count())
            .Select(same => $"{same.Count()} of {compared.Length} {same.Key.Text()}");
        return $"Against {Baseline}, {Seeds.Count} seeds: {string.Join(", ", verdicts)}";
    }

    /// <summary>The paths of the fields in which rows differ, for columns of their own.</summary>
    public string[] GridPaths() => [.. Rows.SelectMany(row => row.Grid).Select(value => value.Path).Distinct()];

    /// <summary>The runs of a row, in the order of the seeds.</summary>
    public IReadOnlyList<FinishedRun> RunsOf(TableRow row) =>
        [.. Runs.Where(run => run.Recipe == row.Recipe && run.Grid.SequenceEqual(row.Grid))];

    internal static ExperimentTable Of(Experiment experiment, Func<PlannedRun, FinishedRun?> find)
    {
        var file = experiment.File;
        var empty = new ExperimentTable(
            file.Name, file.Description, experiment.ProfileName, file.Metric, null, file.Margin, file.Budget, file.Seeds,
            experiment.Runs.Count, null, DateTimeOffset.UtcNow,
            [.. experiment.Variants.Select(variant => new TableRow(variant.Recipe, variant.Grid, 0, null, null, null, null))],
            [.. experiment.Runs.Select(find).OfType<FinishedRun>()]);
        return empty.Against(file.Baseline);
    }

    internal void Write(string folder)
    {
        AtomicFile.WriteText(Path.Combine(folder, FileNames[0]), ToCsv());
        AtomicFile.WriteText(Path.Combine(folder, FileNames[1]), ToJson() + "\n");
    }

    private TableRow Figures(TableRow row, Comparison? comparison, IReadOnlyList<FinishedRun> reference)
    {
        var runs = RunsOf(row);
        if (runs.Count == 0) return new(row.Recipe, row.Grid, 0, null, null, null, null);
        var sample = new Sample([.. runs.Select(run => run.Accuracy)]);
        double? pixels = reference.Count == 0 ? null : runs.Average(run => run.Pixels) / reference.Average(run => run.Pixels);
        return new(row.Recipe, row.Grid, sample.Count, sample.Mean, sample.Interval(Judge.Level), comparison, pixels);
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
}
