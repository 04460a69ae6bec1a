using System.CommandLine;
using DistillKit.Data;
using DistillKit.Pipeline;
using static TorchSharp.torch;

namespace DistillKit.Cli.Commands;

/// <summary>The images that quantization looks at: training images to calibrate with, validation images to compare on. The test set stays unread.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string?> data = new("--data") { Description = "Where CIFAR-10 is kept. [default: data/cifar10 in the repository]" };
    private readonly Option<int> calibration = new("--calibration") { Description = "Training images to calibrate with, a multiple of 10.", DefaultValueFactory = _ => 500 };
    private readonly Option<int> validation = new("--validation") { Description = "Validation images to compare on, a multiple of 10.", DefaultValueFactory = _ => 2000 };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[calibration, validation, data, EngineOptions.Threads, EngineOptions.Device]) command.Add(option);
    }

    /// <exception cref="UserException">CIFAR-10 is not installed, or has fewer images.</exception>
    internal (DeviceImages Calibration, DeviceImages Validation) Load(ParseResult arguments)
    {
        var device = EngineOptions.Apply(arguments) ?? (cuda.is_available() ? CUDA : CPU);
        var (forCalibration, forValidation) = (arguments.GetValue(calibration), arguments.GetValue(validation));
        if (forCalibration < 1) throw new UserException($"--calibration must be at least 10 images, not {forCalibration}: ranges cannot be found without any.");
        if (forValidation < 1) throw new UserException($"--validation must be at least 10 images, not {forValidation}.");
        var images = new DataRecipe().Load(arguments.GetValue(data), seed: 0);
        return (new(images.Training.Sample(forCalibration), device, images.Normalization), new(images.Validation.Sample(forValidation), device, images.Normalization));
    }
}
