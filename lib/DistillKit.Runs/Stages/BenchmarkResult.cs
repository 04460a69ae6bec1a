namespace DistillKit.Runs.Stages;

/// <summary>The figures of a deployed file in a runtime on the CPU; accuracies are on the test set, in [0, 1].</summary>
/// <param name="Name">The stage that made the network.</param>
/// <param name="Format">The numbers that it computes in: <c>fp32</c>, or <c>int8</c> and how its ranges were found.</param>
/// <param name="Model">The network's description as JSON.</param>
/// <param name="ValidationAccuracy">What chose the weights.</param>
/// <param name="MultiplyAccumulates">Of one image.</param>
/// <param name="FileBytes">Size of the ONNX file.</param>
/// <param name="LatencyMilliseconds">Median for one image on one thread.</param>
/// <param name="ImagesPerSecond">Throughput of batches on all threads.</param>
/// <param name="PeakMemoryBytes">Peak resident set of a fresh process that does only inference; null when not measured.</param>
/// <param name="Seconds">Time that the stage took to make it: training and validation, or calibration.</param>
public sealed record BenchmarkRow(
    string Name, string Format, string Runtime, string Model, double Accuracy, double CrossEntropy, double CalibrationError,
    double ValidationAccuracy, long Parameters, long MultiplyAccumulates, long FileBytes, double LatencyMilliseconds,
    double LatencyP95Milliseconds, double ImagesPerSecond, long? PeakMemoryBytes, double Seconds);

/// <summary>A file that a runtime could not run, and the reason in a line.</summary>
public sealed record BenchmarkGap(string Name, string Format, string Runtime, string Reason);

/// <summary>The figures of a run with their provenance.</summary>
/// <param name="Profile">The profile's name.</param>
/// <param name="Rows">A row for each file and runtime.</param>
/// <param name="Agreements">How alike the runtimes' answers are, for each file that several ran.</param>
/// <param name="TestImages">How many images the accuracies were counted on.</param>
/// <param name="Gaps">What could not be measured; null in files that an earlier version wrote.</param>
public sealed record BenchmarkResult(
    string Profile, ulong Seed, DateTimeOffset Date, MachineInfo Machine, IReadOnlyList<BenchmarkRow> Rows,
    IReadOnlyList<RuntimeAgreement> Agreements, int TestImages, IReadOnlyList<BenchmarkGap>? Gaps = null)
{
    /// <summary>What the file is called in the folder of a run.</summary>
    public const string FileName = "benchmark.json";

    private static readonly JsonSerializerOptions Written = new(Json.IndentedResult) { RespectRequiredConstructorParameters = true };

    /// <summary>The accuracies in a line.</summary>
    public string Summary => string.Join(", ", Rows.DistinctBy(row => (row.Name, row.Format)).Select(row =>
        FormattableString.Invariant($"{row.Name}{(row.Format == "fp32" ? "" : $" {row.Format}")} {100 * row.Accuracy:f2} %")));

    /// <summary>The result as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.IndentedResult);

    /// <summary>Reads a result from its JSON.</summary>
    /// <exception cref="UserException">There is no such file, or it is no such result.</exception>
    public static BenchmarkResult Read(string path)
    {
        try
        {
            var result = JsonSerializer.Deserialize<BenchmarkResult>(File.ReadAllText(path), Written)
                ?? throw new JsonException("it is empty.");
            return result is { TestImages: > 0, Rows.Count: > 0 } ? result
                : throw new UserException($"{path} was written by an older version: delete it and run again.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read {path}: {error.Message}", error);
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is damaged: {error.Message} Delete it and run again.", error);
        }
    }

    internal void Write(string folder, IReadOnlyList<TestReport> reports)
    {
        var answers = JsonSerializer.Serialize(reports, JsonSerializerOptions.Web) + "\n";
        AtomicFile.WriteText(Path.Combine(folder, TestReport.FileName), answers);
        AtomicFile.WriteText(Path.Combine(folder, FileName), ToJson() + "\n");
        var columns = typeof(BenchmarkRow).GetProperties().Where(column => column.Name != nameof(BenchmarkRow.Model)).ToArray();
        var header = columns.Select(column => JsonNamingPolicy.CamelCase.ConvertName(column.Name));
        var rows = Rows.Select(row => columns.Select(column => Convert.ToString(column.GetValue(row), CultureInfo.InvariantCulture)));
        var lines = rows.Prepend(header).Select(cells => string.Join(',', cells) + "\n");
        AtomicFile.WriteText(Path.Combine(folder, "benchmark.csv"), string.Concat(lines));
    }
}

/// <summary>How a deployed network answers the test set in the first runtime that has it: class by class, and how sure of it.</summary>
/// <param name="Name">The stage that made the network.</param>
/// <param name="Format">The numbers that it computes in, as in <see cref="BenchmarkRow"/>.</param>
public sealed record TestReport(string Name, string Format, ClassificationReport Report)
{
    /// <summary>What the file is called in the folder of a run: a JSON array.</summary>
    public const string FileName = "test-reports.json";
}
