using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Data;
using DistillKit.Metrics;
using DistillKit.Networks;
using DistillKit.Runs.Benchmarks;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit evaluate MODEL`: accuracy by class, confusion and calibration of a model file on the CIFAR-10 test set.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("MODEL") { Description = "A model file (.safetensors or .onnx), as `run` leaves them under artifacts/." };
        var runtime = new Option<InferenceRuntime>("--runtime") { Description = "What runs a .onnx: Edge or OnnxRuntime.", DefaultValueFactory = _ => InferenceRuntime.Edge };
        var data = new Option<string?>("--data") { Description = "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var command = new Command("evaluate", "Evaluate a trained network or a deployed file on the CIFAR-10 test set.") { file, runtime, data, EngineOptions.Threads, EngineOptions.Device, json };
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(file)!;
            var device = EngineOptions.Apply(arguments) ?? (cuda.is_available() ? CUDA : CPU);
            var (report, origin) = ModelArgument.IsOnnx(path)
                ? Deployed(path, arguments.GetValue(runtime), arguments.GetValue(EngineOptions.Threads) ?? Environment.ProcessorCount, arguments.GetValue(data))
                : Trained(path, device, arguments.GetValue(data));
            if (arguments.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
            else ReportView.Show(report, origin);
        });
        return command;
    }

    private static (ClassificationReport Report, string Origin) Trained(string path, Device device, string? data)
    {
        var (model, info) = ModelFile.Load(path);
        using var loaded = model;
        model.to(device);
        RequireClasses(path, model.Classes);
        using var images = new DeviceImages(Cifar10.LoadTest(data), device, Cifar10.Normalization);
        return (Evaluator.Evaluate(model, images, Cifar10.ClassNames), $"{info.Spec.ToJson()}, seed {info.Seed}, {info.Engine}, {info.Date:yyyy-MM-dd}");
    }

    private static (ClassificationReport Report, string Origin) Deployed(string path, InferenceRuntime runtime, int threads, string? data)
    {
        using var model = new Deployment(path, runtime).Open(threads);
        RequireClasses(path, model.Classes);
        return (Evaluator.Evaluate(model, Cifar10.LoadTest(data), Cifar10.Normalization), model.Runtime);
    }

    private static void RequireClasses(string path, int classes)
    {
        if (classes != Cifar10.ClassNames.Count) throw new UserException($"{path} has {classes} classes, but CIFAR-10 has {Cifar10.ClassNames.Count}.");
    }
}
