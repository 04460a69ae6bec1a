using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Runs.Benchmarks;

namespace DistillKit.Runs.Stages;

/// <summary>Measures the deployed files: the test set, read once for each, and what they cost, all in one process.</summary>
internal sealed class BenchmarkStage(StageContext context, TrainingStages training, QuantizationStages quantization, ExportStage export)
{
    private const string Stage = "benchmark";

    public BenchmarkResult Run(Func<Deployment, long>? memoryOfInference, CancellationToken cancellation)
    {
        export.Run(cancellation);
        var runtimes = Deployment.Runtimes;
        if (OnnxModel.RuntimeVersion is null) context.Observer.Advanced("without ONNX Runtime, which is not on this machine");
        var reportsPath = Path.Combine(context.Store.Folder, TestReport.FileName);
        var fingerprint = StageStore.Fingerprint(export.Fingerprint, context.Profile.Benchmark, string.Join(',', runtimes));
        return context.RunOnce(Stage, fingerprint, FormattableString.Invariant($"{context.Images.Test.Count:n0} test images"), () =>
        {
            var (rows, agreements, reports) = Measure([.. Entries(runtimes, cancellation)], memoryOfInference, cancellation);
            var result = BenchmarkResult.Of(context.Profile, rows, agreements, context.Images.Test.Count);
            result.Write(context.Store.Folder);
            TestReport.Write(reportsPath, reports);
            return result;
        }, result => result.Summary, reportsPath);
    }

    /// <summary>The rows: networks in floating point on one runtime, integer networks on all.</summary>
    private IEnumerable<Entry> Entries(IReadOnlyList<InferenceRuntime> runtimes, CancellationToken cancellation)
    {
        foreach (var stage in training.All)
        {
            var (result, _) = training.Train(stage, cancellation);
            yield return new(stage.Name, "fp32", new(export.PathOf(stage), runtimes[0]), stage.Network.Model.ToJson(), result.ValidationAccuracy, result.Seconds);
        }
        var rounded = quantization.Quantize(cancellation);
        var aware = quantization.TrainAware(cancellation);
        (string Format, string Path, double Accuracy, double Seconds)[] files =
        [
            ("int8 static", quantization.StaticPath, rounded.Static, rounded.Seconds),
            ("int8 dynamic", quantization.DynamicPath, rounded.Dynamic, 0),
            ("int8 QAT", quantization.AwarePath, aware.ValidationAccuracy, aware.Seconds),
        ];
        foreach (var (format, path, accuracy, seconds) in files)
        {
            foreach (var runtime in runtimes) yield return new(TrainingStages.Student, format, new(path, runtime), context.Profile.Student.Model.ToJson(), accuracy, seconds);
        }
    }

    private (List<BenchmarkRow> Rows, List<RuntimeAgreement> Agreements, List<TestReport> Reports) Measure(
        IReadOnlyList<Entry> entries, Func<Deployment, long>? memoryOfInference, CancellationToken cancellation)
    {
        var (rows, agreements, reports) = (new List<BenchmarkRow>(), new List<RuntimeAgreement>(), new List<TestReport>());
        (string Path, float[] Logits)? last = null;
        var latencies = DeploymentProbe.Latencies([.. entries.Select(entry => entry.Deployment)], context.Profile.Benchmark.LatencyRepeats);
        var throughputs = DeploymentProbe.Throughputs([.. entries.Select(entry => entry.Deployment)], context.Profile.Benchmark.ThroughputRepeats);
        foreach (var (index, entry) in entries.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            context.Observer.Advanced($"{entry.Name} {entry.Format} on {entry.Deployment.Runtime}");
            var graph = OnnxFile.Load(entry.Deployment.Path);
            using var model = entry.Deployment.Open(Environment.ProcessorCount);
            var logits = Evaluator.Logits(model, context.Images.Test, context.Images.Normalization);
            var report = Evaluator.Report(logits, context.Images.Test);
            if (last is not { } other || other.Path != entry.Deployment.Path) reports.Add(new(entry.Name, entry.Format, report));
            else agreements.Add(RuntimeAgreement.Of($"{entry.Name} {entry.Format}", other.Logits, logits, model.Classes));
            last = (entry.Deployment.Path, logits);
            rows.Add(new(
                entry.Name, entry.Format, model.Runtime, entry.Model, report.Accuracy, report.CrossEntropy, report.CalibrationError, entry.ValidationAccuracy,
                graph.Parameters, graph.MultiplyAccumulates, new FileInfo(entry.Deployment.Path).Length, latencies[index].Median, latencies[index].P95, throughputs[index],
                memoryOfInference?.Invoke(entry.Deployment), entry.Seconds));
        }
        return (rows, agreements, reports);
    }

    private sealed record Entry(string Name, string Format, Deployment Deployment, string Model, double ValidationAccuracy, double Seconds);
}
