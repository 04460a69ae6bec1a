using System.Buffers.Binary;
using System.Text.Json;
using DistillKit.Runs.Stages;

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
        TestReport[] reports = [new("teacher", "fp32", Gallery.Report(2)), new("distill", "fp32", Gallery.Report(1)), new("distill", "int8 QAT", Gallery.Report(1.5f))];
        File.WriteAllText(Path(TestReport.FileName), JsonSerializer.Serialize(reports, JsonSerializerOptions.Web));
        foreach (var (stage, accuracy) in (ReadOnlySpan<(string, double)>)[("teacher", 0.85), ("baseline", 0.72), ("distill", 0.77)])
        {
            Directory.CreateDirectory(Path(stage));
            Finish(stage, new { epochs = 2, seconds = 250.5, validationAccuracy = accuracy, computeType = "Float32" });
            var lines = Enumerable.Range(1, 40).Select(step => JsonSerializer.Serialize(new { step, epoch = (step - 1) / 20, loss = 2.0 / step, accuracy = accuracy * step / 40 }))
                .Append(JsonSerializer.Serialize(new { step = 40, epoch = 1, validationAccuracy = accuracy }));
            File.WriteAllLines(Path($"{stage}/metrics.jsonl"), lines);
            WriteModel(stage, JsonSerializer.Serialize(new { training = new { flip = recipe } }));
        }
        foreach (var (bits, lowest) in (ReadOnlySpan<(int, double)>)[(8, 0.76), (4, 0.6)])
        {
            Directory.CreateDirectory(Path($"ladder-w{bits}"));
            Finish($"ladder-w{bits}", Gallery.Ladder(bits, lowest));
        }
    }

    private void Finish(string stage, object result) =>
        File.WriteAllText(Path($"{stage}/stage.json"), JsonSerializer.Serialize(new { fingerprint = "0", date = "2026-01-02T03:04:05+00:00", result }, JsonSerializerOptions.Web));

    private void WriteModel(string stage, string recipe)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { ["recipe"] = recipe } });
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(Path($"{stage}/model.safetensors"), [.. length, .. header]);
    }
}
