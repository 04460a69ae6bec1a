using System.CommandLine;
using DistillKit.Data;
using DistillKit.Graphs.Onnx;
using DistillKit.Runs.Profiles;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>The images that quantization looks at: training images to calibrate with, validation images to compare on. The test set stays unread.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string> profile = new("--profile", "-p") { Description = "Whose images: a profile's name, or the path of its JSON file.", DefaultValueFactory = _ => "quick" };
    private readonly Option<string?> data = new("--data") { Description = "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]" };
    private readonly Option<int> calibration = new("--calibration") { Description = "Training images to calibrate with, a multiple of 10.", DefaultValueFactory = _ => 500 };
    private readonly Option<int> validation = new("--validation") { Description = "Validation images to compare on, a multiple of 10.", DefaultValueFactory = _ => 2000 };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[profile, calibration, validation, data, EngineOptions.Threads, EngineOptions.Device]) command.Add(option);
    }

    /// <exception cref="UserException">There is no such profile, CIFAR-10 is not installed, or has fewer images.</exception>
    internal ChosenImages Load(ParseResult arguments)
    {
        var device = EngineOptions.Apply(arguments) ?? (cuda.is_available() ? CUDA : CPU);
        var (forCalibration, forValidation) = (arguments.GetValue(calibration), arguments.GetValue(validation));
        if (forCalibration < 1) throw new UserException($"--calibration must be at least 10 images, not {forCalibration}: ranges cannot be found without any.");
        if (forValidation < 1) throw new UserException($"--validation must be at least 10 images, not {forValidation}.");
        var source = Profile.Load(arguments.GetValue(profile)!);
        var images = source.Data.Load(arguments.GetValue(data), source.Seed);
        return new(images, new(images.Training.Sample(forCalibration), device, images.Normalization), new(images.Validation.Sample(forValidation), device, images.Normalization));
    }
}

/// <summary>Images on the device, and the set that they come from.</summary>
internal sealed record ChosenImages(PipelineImages Source, DeviceImages Calibration, DeviceImages Validation) : IDisposable
{
    internal IReadOnlyList<string> ClassNames => Source.Training.ClassNames;

    /// <summary>What a file for these images says about itself.</summary>
    internal Dictionary<string, string> Metadata(string model) => new(OnnxFile.InputMetadata(Source.Normalization, ClassNames)) { ["source"] = Path.GetFileName(model) };

    public void Dispose()
    {
        Calibration.Dispose();
        Validation.Dispose();
    }
}
