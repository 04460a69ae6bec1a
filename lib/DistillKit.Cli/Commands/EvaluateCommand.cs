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
        var file = new Argument<string>("MODEL") { Description = "A model file (.safetensors or .onnx), as `run` leaves them." };
        var runtime = Options.New<InferenceRuntime>("--runtime", "What runs a .onnx: Edge or OnnxRuntime.", InferenceRuntime.Edge);
        var command = new Command("evaluate", "Evaluate a trained network or a deployed file on the CIFAR-10 test set.")
        {
            file, runtime, Options.Data, Options.Threads, Options.Device, Options.Json,
        };
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(file)!;
            var device = arguments.PrepareEngine();
            var (report, origin) = ModelArgument.IsOnnx(path)
                ? Deployed(arguments, path, arguments.GetValue(runtime))
                : Trained(arguments, path, device);
            arguments.Print(report, report => Show(report, origin));
        });
        return command;
    }

    private static (ClassificationReport Report, string Origin) Trained(ParseResult arguments, string path, Device device)
    {
        var (model, info) = ModelFile.Load(path);
        using var loaded = model;
        model.to(device);
        RequireClasses(path, model.Classes);
        using var images = new DeviceImages(Cifar10.LoadTest(arguments.GetValue(Options.Data)), device, Cifar10.Normalization);
        var origin = $"{info.Spec.ToJson()}, seed {info.Seed}, {info.Engine}, {info.Date:yyyy-MM-dd}";
        return (Evaluator.Evaluate(model, images, Cifar10.ClassNames), origin);
    }

    private static (ClassificationReport Report, string Origin) Deployed(ParseResult arguments, string path, InferenceRuntime runtime)
    {
        using var model = new Deployment(path, runtime).Open(arguments.ThreadCount());
        RequireClasses(path, model.Classes);
        return (Evaluator.Evaluate(model, Cifar10.LoadTest(arguments.GetValue(Options.Data)), Cifar10.Normalization), model.Runtime);
    }

    private static void RequireClasses(string path, int classes)
    {
        var expected = Cifar10.ClassNames.Count;
        if (classes != expected) throw new UserException($"{path} has {classes} classes, but CIFAR-10 has {expected}.");
    }

    private static void Show(ClassificationReport report, string origin)
    {
        var calibration = $"cross-entropy {report.CrossEntropy:f4}, calibration error {100 * report.CalibrationError:f2} %";
        Console.WriteLine($"top-1 {100 * report.Accuracy:f2} % of {Terminal.Count(report.Count, "image")}, {calibration}");
        Console.WriteLine(origin);
        var table = new TextTable("class").Numbers("recall", "precision")
            .Numbers(report.Classes.Select(result => result.Name[..Math.Min(4, result.Name.Length)]));
        foreach (var (result, row) in report.Classes.Zip(report.Confusion))
            table.Add([result.Name, $"{100 * result.Accuracy:f1} %", $"{100 * result.Precision:f1} %", .. row.Select(count => $"{count}")]);
        table.Show();
    }
}
