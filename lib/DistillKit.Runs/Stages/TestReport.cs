using System.Text.Json;
using DistillKit.Files;
using DistillKit.Metrics;

namespace DistillKit.Runs.Stages;

/// <summary>How a deployed network answers the test set: class by class, and how sure of it.</summary>
/// <param name="Name">The stage that made the network.</param>
/// <param name="Format">The numbers that it computes in, as in <see cref="BenchmarkRow"/>.</param>
/// <param name="Report">Its answers, in the first runtime that has the network.</param>
public sealed record TestReport(string Name, string Format, ClassificationReport Report)
{
    /// <summary>What the file is called in the folder of a run: a JSON array.</summary>
    public const string FileName = "test-reports.json";

    internal static void Write(string path, IReadOnlyList<TestReport> reports) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(reports, JsonSerializerOptions.Web) + "\n");
}
