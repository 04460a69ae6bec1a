using DistillKit.Quantization.PostTraining;
using DistillKit.Quantization.Simulation;
using DistillKit.Training;

namespace DistillKit.Runs.Profiles;

/// <summary>How the distilled student becomes an integer network.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuantizationRecipe
{
    /// <summary>Training images that calibration runs through the network, equally many of each class.</summary>
    public int CalibrationImages { get; init; } = 500;

    /// <summary>How the student is rounded without training it any more.</summary>
    public PostTrainingRecipe PostTraining { get; init; } = new();

    /// <summary>How roundings move in quantization-aware training.</summary>
    public AwareRecipe Aware { get; init; } = new();

    /// <summary>The quantization-aware training, with the teacher's help, from the calibrated network.</summary>
    public required TrainingRecipe Training { get; init; }

    internal void Validate()
    {
        if (CalibrationImages < 1)
            throw new UserException(
                $"The profile's calibrationImages must be at least 1, but are {CalibrationImages}: calibration needs images.");
        PostTraining.Validate();
        Aware.Validate();
        Training.Validate();
    }
}
