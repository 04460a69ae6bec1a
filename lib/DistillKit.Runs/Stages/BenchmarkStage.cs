namespace DistillKit.Runs.Stages;

/// <summary>Measures the deployed files: the test set, read once for each, and what they cost, all in one process.</summary>
internal sealed class BenchmarkStage(StageContext context, TrainingStages training, QuantizationStages quantization, ExportStage export)
{
    private string[] Files => [.. ((string[])[BenchmarkResult.FileName, "benchmark.csv", TestReport.FileName]).Select(InFolder)];

    /// <summary>The report is made of its results.</summary>
    private string[] Writes => [.. Files, InFolder("report.html")];

    public void RequireOwnFiles() => context.Store.RequireOwn(StageNames.Benchmark, Writes);

    public BenchmarkResult Run(Func<Deployment, long>? memoryOfInference, CancellationToken cancellation)
    {
        var runtimes = Deployment.Runtimes;
        if (OnnxRuntimeModel.RuntimeVersion is null) context.Progress.Advanced("without ONNX Runtime, which is not on this machine");
        return new Stage<BenchmarkResult>(
            context, StageNames.Benchmark, Files,
            () => StageStore.Fingerprint(export.Stage.Fingerprint(), context.Profile.Benchmark, string.Join(',', runtimes)),
            [StageNames.Export],
            Needs: stop => export.Stage.Run(stop),
            stop => Measure([.. Entries(runtimes, stop)], memoryOfInference, stop),
            result => result.Summary,
            FormattableString.Invariant($"{context.Images.Test.Count:n0} test images"),
            Writes: Writes).Run(cancellation);
    }

    private string InFolder(string name) => Path.Combine(context.Store.Folder, name);

    /// <summary>The rows: networks in floating point on one runtime, integer networks on all.</summary>
    private IEnumerable<Entry> Entries(IReadOnlyList<InferenceRuntime> runtimes, CancellationToken cancellation)
    {
        foreach (var stage in training.All)
        {
            var (result, _) = training.Train(stage, cancellation);
            var deployment = new Deployment(export.PathOf(stage), runtimes[0]);
            yield return new(stage.Name, "fp32", deployment, stage.Model.ToJson(), result.ValidationAccuracy, result.Seconds);
        }
        var rounded = quantization.PostTraining.Run(cancellation);
        var aware = quantization.Aware.Run(cancellation);
        (string Format, string Path, double Accuracy, double Seconds)[] files =
        [
            ("int8 static", quantization.StaticPath, rounded.Static, rounded.Seconds),
            ("int8 dynamic", quantization.DynamicPath, rounded.Dynamic, 0),
            ("int8 QAT", quantization.AwarePath, aware.ValidationAccuracy, aware.Seconds),
        ];
        foreach (var (format, path, accuracy, seconds) in files)
        {
            foreach (var runtime in runtimes)
                yield return new(StageNames.Student, format, new(path, runtime), training.Student.Model.ToJson(), accuracy, seconds);
        }
    }

    private BenchmarkResult Measure(
        IReadOnlyList<Entry> entries, Func<Deployment, long>? memoryOfInference, CancellationToken cancellation)
    {
        var (rows, gaps) = (new List<BenchmarkRow>(), new List<BenchmarkGap>());
        var (agreements, reports) = (new List<RuntimeAgreement>(), new List<TestReport>());
        (string Path, float[] Logits)? last = null;
        var (recipe, test) = (context.Profile.Benchmark, context.Images.Test);
        var speeds = DeploymentProbe.Measure(
            [.. entries.Select(entry => entry.Deployment)], recipe.LatencyRepeats, recipe.ThroughputRepeats, cancellation: cancellation);
        foreach (var (entry, speed) in entries.Zip(speeds))
        {
            cancellation.ThrowIfCancellationRequested();
            context.Progress.Advanced($"{entry.Name} {entry.Format} on {entry.Deployment.Runtime}");
            try
            {
                if (speed.Reason is { } reason) throw new UserException(reason);
                using var model = entry.Deployment.Open(Environment.ProcessorCount);
                var logits = Evaluator.Logits(model, test, context.Images.Normalization, cancellation);
                var report = Evaluator.Report(logits, test);
                rows.Add(RowOf(entry, speed, report, memoryOfInference?.Invoke(entry.Deployment)));
                if (last is not { } other || other.Path != entry.Deployment.Path) reports.Add(new(entry.Name, entry.Format, report));
                else agreements.Add(RuntimeAgreement.Of($"{entry.Name} {entry.Format}", other.Logits, logits, model.Classes));
                last = (entry.Deployment.Path, logits);
            }
            catch (UserException error)
            {
                gaps.Add(new(entry.Name, entry.Format, $"{entry.Deployment.Runtime}", error.Message));
            }
        }
        if (rows.Count == 0) throw new UserException($"Nothing could be measured: {gaps[0].Reason}");
        var (profile, now, machine) = (context.Profile, DateTimeOffset.UtcNow, MachineInfo.Current());
        var result = new BenchmarkResult(profile.Name, profile.Seed, now, machine, rows, agreements, test.Count, gaps);
        result.Write(context.Store.Folder, reports);
        return result;
    }

    private static BenchmarkRow RowOf(Entry entry, DeploymentSpeed speed, ClassificationReport report, long? memory)
    {
        var graph = OnnxFile.Load(entry.Deployment.Path);
        return new(
            entry.Name, entry.Format, speed.Runtime!, entry.Model, report.Accuracy, report.CrossEntropy, report.CalibrationError,
            entry.ValidationAccuracy, graph.Parameters, graph.MultiplyAccumulates, new FileInfo(entry.Deployment.Path).Length,
            speed.Latency!.Median, speed.Latency.P95, speed.ImagesPerSecond!.Value, memory, entry.Seconds);
    }

    private sealed record Entry(string Name, string Format, Deployment Deployment, string Model, double ValidationAccuracy, double Seconds);
}
