using TorchSharp;

namespace DistillKit.Cli.Commands;

/// <summary>`distillkit evaluate MODEL`: accuracy by class, confusion and calibration of a model file on a test set.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var file = new Argument<string>("MODEL") { Description = "A model file (.safetensors or .onnx), as `run` leaves them." };
        var runtime = Options.New<InferenceRuntime>("--runtime", "What runs a .onnx: Edge or OnnxRuntime.", InferenceRuntime.Edge);
        var profile = Options.Profile("Whose test images: ");
        var command = new Command("evaluate", "Evaluate a trained network or a deployed file on a test set, CIFAR-10's at first.")
        {
            file, runtime, profile, Options.Data, Options.Threads, Options.Device, Options.Json,
        };
        command.SetAction((arguments, cancellation) =>
        {
            var path = arguments.GetValue(file)!;
            var source = Profile.Load(arguments.GetValue(profile)!);
            var (report, origin) = ModelArgument.IsOnnx(path)
                ? Deployed(arguments, new(path, arguments.GetValue(runtime)), source, cancellation)
                : Trained(arguments, path, source, cancellation);
            arguments.Print(report, report => Show(report, origin));
            return Task.FromResult(0);
        });
        return command;
    }

    private static (ClassificationReport Report, string Origin) Trained(
        ParseResult arguments, string path, Profile source, CancellationToken cancellation)
    {
        var device = arguments.PrepareEngine();
        var (model, info) = ModelFile.Load(path);
        using var loaded = model;
        model.to(device);
        var (test, standard) = TestImages(arguments, source);
        var normalization = info.Input.For(path, model.Classes, test, standard);
        using var images = new DeviceImages(test, device, normalization) { Cancellation = cancellation };
        var origin = $"{info.Spec.ToJson()}, seed {info.Seed}, {info.Engine}, {info.Date:yyyy-MM-dd}";
        return (Evaluator.Evaluate(model, images, test.ClassNames), origin);
    }

    private static (ClassificationReport Report, string Origin) Deployed(
        ParseResult arguments, Deployment deployment, Profile source, CancellationToken cancellation)
    {
        using var model = Open(deployment, arguments.ThreadCount());
        var (test, standard) = TestImages(arguments, source);
        var input = ModelInput.FromMetadata(model.Metadata, model.Classes);
        var normalization = input.For(deployment.Path, model.Classes, test, standard);
        return (Evaluator.Evaluate(model, test, normalization, cancellation), model.Runtime);
    }

    private static IDeployedModel Open(Deployment deployment, int threads)
    {
        try
        {
            return deployment.Open(threads);
        }
        catch (UserException error) when (error.InnerException is EdgeException && File.Exists(deployment.Path))
        {
            throw new UserException($"{error.Message.TrimEnd('.')}. ONNX Runtime may take it: --runtime OnnxRuntime.", error);
        }
    }

    private static (ImageSet Test, Normalization Normalization) TestImages(ParseResult arguments, Profile source)
    {
        var folder = arguments.GetValue(Options.Data);
        if (source.Data.Source == DataSource.Cifar10) return (Cifar10.LoadTest(folder), Cifar10.Normalization);
        var images = source.Data.Load(folder, source.Seed);
        return (images.Test, images.Normalization);
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
