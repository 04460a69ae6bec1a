using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Files;
using DistillKit.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Pipeline;

/// <summary>Measures trained networks: the test set, read once for each, and what the network costs.</summary>
internal sealed class Benchmark(Profile profile, DeviceImages test, IReadOnlyList<string> classNames, Device device, Func<string, long>? memoryOfInference)
{
    public BenchmarkRow Measure(string name, string path, TrainingResult training)
    {
        using var model = ModelFile.Load(path).Model;
        var cost = ModelCost.Of(model, test.ImageSize);
        var latency = LatencyProbe.OneImage(model, test.ImageSize, repeats: profile.Benchmark.LatencyRepeats);
        var throughput = LatencyProbe.Throughput(model, test.ImageSize, repeats: profile.Benchmark.ThroughputRepeats);
        model.to(device);
        var report = Evaluator.Evaluate(model, test, classNames);
        return new(
            name, model.Spec.ToJson(), report.Accuracy, report.CrossEntropy, report.CalibrationError, training.ValidationAccuracy,
            cost.Parameters, cost.MultiplyAccumulates, new FileInfo(path).Length, latency.Median, latency.P95, throughput,
            memoryOfInference?.Invoke(path), training.Seconds);
    }
}
