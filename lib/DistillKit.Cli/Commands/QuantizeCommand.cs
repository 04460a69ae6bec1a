using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Graphs;
using DistillKit.Graphs.Onnx;
using DistillKit.Metrics;
using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using TorchSharp;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit quantize MODEL`: post-training quantization of a trained network to an ONNX file.</summary>
internal static class QuantizeCommand
{
    internal static Command Create()
    {
        var (file, rounding, images) = (ModelArgument.Create(), new PostTrainingOptions(), new ImageOptions());
        var output = new Option<string?>("--output", "-o") { Description = "The ONNX file to write. [default: MODEL with the ending .int8.onnx]" };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("quantize", "Quantize a trained network without training it any more.") { file, output };
        rounding.AddTo(command);
        images.AddTo(command);
        command.Add(json);
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(file)!;
            var target = arguments.GetValue(output) ?? Path.ChangeExtension(path, ".int8.onnx");
            var recipe = rounding.Recipe(arguments);
            var graph = ModelArgument.Load(path);
            recipe.Plan.ValidateFor(graph);
            using var chosen = images.Load(arguments);
            var quantized = ProgressView.Show<Graph>(progress => PostTrainingQuantization.Run(graph, recipe, chosen.Calibration, progress));
            OnnxFile.Save(target, quantized.With(chosen.Metadata(path)));
            var (before, after) = (Accuracy(graph, chosen), Accuracy(quantized, chosen));
            var (floatBytes, bytes) = (OnnxFile.ToBytes(graph).Length, new FileInfo(target).Length);
            if (arguments.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(new { file = target, floatAccuracy = before, accuracy = after, validationImages = chosen.Validation.Count, floatBytes, bytes, packedBytes = quantized.PackedBytes }, JsonSerializerOptions.Web));
            else Console.WriteLine(FormattableString.Invariant($"{target}: {100 * after:f2} % of {chosen.Validation.Count:n0} validation images (float {100 * before:f2} %), {bytes / 1e6:f2} MB (float {floatBytes / 1e6:f2} MB)"));
        });
        return command;
    }

    private static double Accuracy(Graph graph, ChosenImages images)
    {
        using var module = new GraphModule(graph);
        module.to(images.Validation.Device);
        return Evaluator.Evaluate(module, images.Validation, images.ClassNames).Accuracy;
    }
}
