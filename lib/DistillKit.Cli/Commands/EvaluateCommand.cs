using System.CommandLine;
using System.Text.Json;
using DistillKit.Cli.Views;
using DistillKit.Data;
using DistillKit.Evaluation;
using DistillKit.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit evaluate MODEL`: accuracy by class, confusion and calibration of a model file on the CIFAR-10 test set.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("MODEL") { Description = "A model file (.safetensors), as `run` leaves them under artifacts/." };
        var data = new Option<string?>("--data") { Description = "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var command = new Command("evaluate", "Evaluate a trained network on the CIFAR-10 test set.") { file, data, EngineOptions.Threads, EngineOptions.Device, json };
        command.SetAction(arguments =>
        {
            var device = EngineOptions.Apply(arguments) ?? (cuda.is_available() ? CUDA : CPU);
            var (model, info) = ModelFile.Load(arguments.GetValue(file)!);
            using var loaded = model;
            model.to(device);
            using var images = new DeviceImages(Cifar10.LoadTest(arguments.GetValue(data)), device, Cifar10.Normalization);
            if (model.Classes != images.Classes) throw new UserException($"{arguments.GetValue(file)} has {model.Classes} classes, but CIFAR-10 has {images.Classes}.");
            var report = Evaluator.Evaluate(model, images, Cifar10.ClassNames);
            if (arguments.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
            else ReportView.Show(report, info);
        });
        return command;
    }
}
