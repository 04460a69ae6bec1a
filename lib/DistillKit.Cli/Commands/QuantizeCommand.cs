using DistillKit.Quantization.Simulation;
using TorchSharp;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit quantize MODEL`: post-training quantization of a trained network to an ONNX file.</summary>
internal static class QuantizeCommand
{
    internal static Command Create()
    {
        var options = new RoundingOptions();
        var output = Options.Output("The ONNX file to write. [default: MODEL with the ending .int8.onnx]");
        var command = new Command("quantize", "Quantize a trained network without training it any more.") { output };
        options.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            var target = options.Output(arguments, arguments.GetValue(output), ".int8.onnx");
            using var job = options.Load(arguments, cancellation);
            var quantized = await ProgressView.WatchAsync(view =>
            {
                view.Started("quantize", job.Path);
                var progress = new SynchronousProgress<(string Step, double Done)>(value => view.Advanced(value.Step, value.Done));
                return Task.FromResult(PostTrainingQuantization.Run(job.Graph, job.Recipe, job.Calibration, progress));
            }, toError: true);
            OnnxFile.Save(target, quantized.With(job.Metadata));
            var result = new
            {
                file = target,
                floatAccuracy = Accuracy(job.Graph, job),
                accuracy = Accuracy(quantized, job),
                validationImages = job.Validation.Count,
                floatBytes = OnnxFile.ToBytes(job.Graph).Length,
                bytes = new FileInfo(target).Length,
                packedBytes = quantized.PackedBytes,
            };
            arguments.Print(result, result =>
            {
                var images = $"{result.validationImages:n0} validation images (float {100 * result.floatAccuracy:f2} %)";
                var size = $"{result.bytes / 1e6:f2} MB (float {result.floatBytes / 1e6:f2} MB)";
                Console.WriteLine($"{target}: {100 * result.accuracy:f2} % of {images}, {size}");
            });
            if (LossWarning.For(result.floatAccuracy, result.accuracy, job.Recipe) is { } warning) Terminal.Warn(warning);
            return 0;
        });
        return command;
    }

    private static double Accuracy(Graph graph, RoundingJob job)
    {
        using var module = new GraphModule(graph);
        module.to(job.Validation.Device);
        return Evaluator.Evaluate(module, job.Validation, job.Input.ClassNames!).Accuracy;
    }
}
