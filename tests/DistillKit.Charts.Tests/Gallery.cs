using DistillKit.Metrics;
using DistillKit.Quantization.Sensitivity;
using DistillKit.Runs.Benchmarks;
using DistillKit.Runs.Experiments;
using DistillKit.Runs.Experiments.Statistics;
using DistillKit.Runs.Stages;
using DistillKit.Training;
using XPlot.Plotly;

namespace DistillKit.Charts.Tests;

/// <summary>Every chart of the library, from small made-up results.</summary>
internal static class Gallery
{
    public static readonly string[] Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    private static readonly Dictionary<string, Func<PlotlyChart>> Charts = new()
    {
        ["training curves"] = () => TrainingCurves.Of(
            "Help helps",
            [History("alone", (2.1, 0.3), (1.7, 0.5), (1.4, 0.6)), History("with a <teacher> & more", (1.9, 0.4), (1.5, 0.6), (1.2, 0.7))]),
        ["lines"] = () => LineChart.Of(
            "One falls, one rises", "share (%)", "error (dB)", [new Curve("a <b>", [1, 2, 3], [3, 2, 1]), new Curve("c", [1, 3], [1, 2])]),
        ["reliability"] = () => ReliabilityDiagram.Of(
            "Sharp logits are overconfident", [new("soft", Report(1)), new("sharp", Report(3))]),
        ["confusion"] = () => ConfusionMatrix.Of("Cats are taken for dogs", Report(1)),
        ["soft targets"] = () => SoftTargets.Of(
            "A cat is like a dog", [0.1f, -0.5f, 1.2f, 7.5f, 1, 5.1f, 2.2f, 0.8f, -0.7f, -0.2f], Classes, [1, 2, 4, 8]),
        ["weights"] = () => ValueHistogram.Of(
            "Two layers, two ranges", "weight", [new("first", Values(0.3)), new("last", Values(0.1))], limits: [-0.2, 0.2]),
        ["activations"] = () => ValueHistogram.Of("Few decide", "activation", [new("block", Values(1))], logarithmic: true),
        ["sensitivity"] = () => SensitivityBars.Of(
            "One layer hurts",
            Enumerable.Range(0, 25).Select(layer => new LayerSensitivity($"features.{layer}", 0.7, 0.02 / (layer + 1), 30, 1000, 5000))),
        ["size"] = () => TradeOff.AgainstSize("INT8 is smaller", Benchmark()),
        ["latency"] = () => TradeOff.AgainstLatency("INT8 is faster", Benchmark()),
        ["grid"] = () => GridMap.Of(
            "Warm is best", "temperature", [1, 2, 4], "alpha", [0.5, 0.9], "accuracy (%)", [[73.1, 73.9, 74.4], [73.5, double.NaN, 75.2]]),
        ["intervals"] = () => IntervalDots.Of(
            "One beats, one does not", "points", [new("kd", 0.8, 0.4, 1.2, [0.6, 1.0]), new("hints", -0.1, -0.5, 0.3, [])], reference: 0),
        ["experiment"] = () => IntervalDots.AboveBaseline("A hint helps", Experiment()),
        ["ladder"] = () => LadderSteps.Of("Four bits need ideas", [Ladder(8, 0.76), Ladder(4, 0.6)]),
        ["benchmark"] = () => BenchmarkDots.Of("Small, fast and as good", Benchmark()),
    };

    public static TheoryData<string> Names => [.. Charts.Keys];

    public static IReadOnlyCollection<string> All => Charts.Keys;

    public static PlotlyChart Draw(string name) => Charts[name]();

    public static BenchmarkResult Benchmark(string teacher = "teacher") => new(
        "quick", 1, new(2026, 1, 2, 3, 4, 0, TimeSpan.Zero), new("Some processor", 2, "Some Linux", "TorchSharp 0, libtorch 1"),
        [
            Row(teacher, "fp32", "ONNX Runtime 1.30.0", 0.85, 2_700_000, 0.44),
            Row("baseline", "fp32", "ONNX Runtime 1.30.0", 0.72, 2_700_000, 0.26),
            Row("distill", "fp32", "ONNX Runtime 1.30.0", 0.77, 2_700_000, 0.26),
            Row("distill", "int8 static", "ONNX Runtime 1.30.0", 0.769, 870_000, 0.21),
            Row("distill", "int8 static", "Edge avx2", 0.769, 870_000, 0.07), Row("distill", "int8 QAT", "Edge avx2", 0.771, 830_000, 0.07),
        ],
        [new("distill int8 static", 0.999, 0.0006)], TestImages: 10000);

    public static ExperimentTable Experiment()
    {
        var machine = new MachineInfo("Some processor", 2, "Some Linux", "TorchSharp 0, libtorch 1");
        FinishedRun Run(string recipe, ulong seed, double accuracy) => new(
            $"{recipe}-s{seed}", recipe, [], seed, accuracy, accuracy, 3, 1e6, 9, "Float32", machine, "1.0.0", DateTimeOffset.UnixEpoch);
        var comparison = new Comparison(2, 0.05, new(0.03, 0.07), new(0.03, 0.07), 0.02, 0.02, Verdict.Beats);
        return new(
            "features", "", "smoke", Metric.Validation, "kd", 1, BudgetRule.Equal, [1, 2], 4, "paired t test", DateTimeOffset.UnixEpoch,
            [new("kd", [], 2, 0.5, null, null, 1), new("hint", [], 2, 0.55, null, comparison, 1)],
            [Run("kd", 1, 0.49), Run("kd", 2, 0.51), Run("hint", 1, 0.53), Run("hint", 2, 0.57)]);
    }

    public static LadderResult Ladder(int bits, double lowest) => new(
        bits,
        [
            new("float", 0.767, 2_700_000, 2_700_000, 0), new("per tensor", lowest, 800_000, 700_000, 0.3),
            new("+ a scale for each channel", 0.765, 800_000, 750_000, 0.2),
        ]);

    public static ClassificationReport Report(float sharpness)
    {
        const int count = 500;
        var random = new Random(1);
        var labels = Enumerable.Range(0, count).Select(image => (long)(image % 10)).ToArray();
        var logits = Enumerable.Range(0, count * 10).Select(place =>
        {
            var (label, kind) = (labels[place / 10], place % 10);
            return sharpness * ((label == kind ? 2 : 0) + (label == 3 && kind == 5 ? 1.5f : 0) + 2 * random.NextSingle());
        });
        return ClassificationReport.FromLogits(logits.ToArray(), labels, Classes);
    }

    private static TrainingHistory History(string name, params IEnumerable<(double Loss, double Validation)> epochs) =>
        new(name, [.. epochs.Select((epoch, i) => new MetricsLine(i + 1, i, epoch.Loss, ValidationAccuracy: epoch.Validation))]);

    private static float[] Values(double spread)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, 2000).Select(_ => (float)(spread * (random.NextDouble() + random.NextDouble() - 1)))];
    }

    private static BenchmarkRow Row(string name, string format, string runtime, double accuracy, long bytes, double latency) =>
        new(
            name, format, runtime, "{}", accuracy, 0.7, 0.03, accuracy, 690_000, 7_300_000, bytes, latency, 1.2 * latency, 1000 / latency,
            70_000_000, 250);
}
