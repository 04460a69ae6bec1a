using System.Text.Json;
using DistillKit.Files;
using DistillKit.Runs.Stages;
using DistillKit.Training;

namespace DistillKit.Charts.Tests.Report;

/// <summary>The folder of a made-up run.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public string Path(string file = "") => System.IO.Path.Combine(folder, file);

    public void Write(BenchmarkResult? result = null, string recipe = "Alternating")
    {
        File.WriteAllText(Path("benchmark.json"), (result ?? Gallery.Benchmark()).ToJson());
        TestReport[] reports =
        [
            new("teacher", "fp32", Gallery.Report(2)), new("distill", "fp32", Gallery.Report(1)),
            new("distill", "int8 QAT", Gallery.Report(1.5f)),
        ];
        File.WriteAllText(Path(TestReport.FileName), JsonSerializer.Serialize(reports, JsonSerializerOptions.Web));
        foreach (var (stage, accuracy) in (ReadOnlySpan<(string, double)>)[("teacher", 0.85), ("baseline", 0.72), ("distill", 0.77)])
        {
            Directory.CreateDirectory(Path(stage));
            Finish(stage, new TrainingResult(2, 40, accuracy, 250.5, 1000, "Float32"));
            var lines = Enumerable.Range(1, 40).Select(step => new MetricsLine(step, (step - 1) / 20, 2.0 / step, accuracy * step / 40));
            lines = lines.Append(new(40, 1, ValidationAccuracy: accuracy));
            File.WriteAllLines(Path($"{stage}/metrics.jsonl"), lines.Select(line => $"{line}"));
            WriteModel(stage, JsonSerializer.Serialize(new { training = new { flip = recipe } }));
        }
    }

    private void Finish<T>(string stage, T result)
    {
        var finished = new FinishedStage<T>("0", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), result);
        File.WriteAllText(Path($"{stage}/stage.json"), JsonSerializer.Serialize(finished, JsonSerializerOptions.Web));
    }

    private void WriteModel(string stage, string recipe) =>
        Safetensors.Save(Path($"{stage}/model.safetensors"), [], new Dictionary<string, string> { ["recipe"] = recipe });
}
