using System.Text.Json.Serialization;
using DistillKit.Data;

namespace DistillKit.Runs.Profiles;

/// <summary>Where images come from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataSource>))]
public enum DataSource
{
    /// <summary>CIFAR-10.</summary>
    Cifar10,

    /// <summary>Coloured shapes, drawn from the profile's seed.</summary>
    Synthetic,
}

/// <summary>Which images a run uses.</summary>
/// <param name="Source">Where they come from.</param>
/// <param name="Training">How many to learn from, equally many of each class; null for all that the validation leaves.</param>
/// <param name="Validation">How many of the training images to hold out for choosing epochs and hyper-parameters.</param>
/// <param name="Test">How many to test with, once, at the end; null for all.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DataRecipe(DataSource Source = DataSource.Cifar10, int? Training = null, int Validation = 5000, int? Test = null)
{
    private const int SyntheticTraining = 2000;
    private const int SyntheticTest = 500;

    internal void Validate()
    {
        if (Training is <= 0 || Test is <= 0 || Validation <= 0)
            throw new UserException("The profile's data must have at least one image to train, validate and test with.");
    }

    /// <summary>Loads the images; CIFAR-10 must be installed.</summary>
    /// <param name="folder">Where CIFAR-10 is; null for its usual place.</param>
    /// <param name="seed">Of synthetic images.</param>
    /// <exception cref="UserException">The files are missing or damaged.</exception>
    public PipelineImages Load(string? folder, ulong seed)
    {
        if (Source == DataSource.Synthetic)
        {
            var whole = SyntheticImages.Create((Training ?? SyntheticTraining) + Validation, seed);
            return Split(whole, SyntheticImages.Create(Test ?? SyntheticTest, ~seed), Normalization.Of(whole));
        }
        return Split(Cifar10.LoadTraining(folder), Cifar10.LoadTest(folder), Cifar10.Normalization);
    }

    private PipelineImages Split(ImageSet images, ImageSet test, Normalization normalization)
    {
        var split = StratifiedSplit.Create(images.Labels, images.ClassNames.Count, Validation);
        var training = images.Subset(split.Training);
        var (learned, tested) = (Training is { } count ? training.Sample(count) : training, Test is { } tests ? test.Sample(tests) : test);
        return new(learned, images.Subset(split.Validation), tested, normalization);
    }
}

/// <summary>The three sets of a run, and what the networks expect of their pixels.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Validation">To choose epochs and hyper-parameters with.</param>
/// <param name="Test">To be read once, at the end.</param>
/// <param name="Normalization">Mean and deviation of the channels.</param>
public sealed record PipelineImages(ImageSet Training, ImageSet Validation, ImageSet Test, Normalization Normalization);
