using DistillKit.Data;
using DistillKit.Quantization;
using DistillKit.Quantization.Plans;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Sensitivity;
using static TorchSharp.torch;

namespace DistillKit.Tests.Quantization;

public sealed class CancellationTests
{
    public static TheoryData<string> Works => ["calibration", "bias correction", "adaptive rounding", "signal to noise", "sensitivity"];

    [Theory, MemberData(nameof(Works))]
    public void What_runs_over_images_stops_at_the_next_batch(string work)
    {
        using var scope = NewDisposeScope();
        var graph = TestGraphs.Folded(TestGraphs.ResNet);
        using var images = TestGraphs.Images(8);
        var plan = new QuantizationPlan();
        var ranges = Calibration.Run(graph, plan, images);
        var quantized = Quantizer.Quantize(graph, plan, ranges);

        using var cancellation = new CancellationTokenSource();
        using var stopped = new DeviceImages(SyntheticImages.Create(8, seed: 1), CPU) { Cancellation = cancellation.Token };
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => work switch
        {
            "calibration" => (object)Calibration.Run(graph, plan, stopped),
            "bias correction" => BiasCorrection.Apply(graph, quantized, stopped),
            "adaptive rounding" => AdaRound.Apply(graph, quantized, stopped),
            "signal to noise" => SignalToNoise.OfResults(graph, quantized, stopped),
            "sensitivity" => SensitivityScan.Run(graph, plan, ranges, stopped),
            _ => throw new NotSupportedException(work),
        });
    }
}
