using DistillKit.Data;
using DistillKit.Runs.Installation;

namespace DistillKit.Runs.Profiles;

/// <summary>Where images come from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataSource>))]
public enum DataSource
{
    /// <summary>CIFAR-10.</summary>
    Cifar10,

    /// <summary>Coloured shapes, drawn from the profile's seed.</summary>
    Synthetic,

    /// <summary>Pictures of one's own: a folder with the folders <c>train</c> and <c>test</c>, each with a folder for each class.</summary>
    Folder,
}

/// <summary>Which images a run uses.</summary>
/// <param name="Training">How many to learn from, equally many of each class; null for all that the validation leaves.</param>
/// <param name="Validation">How many of the training images to hold out for choosing epochs and hyper-parameters.</param>
/// <param name="Test">How many to test with, once, at the end; null for all.</param>
/// <param name="Folder">Of <see cref="DataSource.Folder"/>: where it is; a relative path is looked for beside the profile's file.</param>
/// <param name="ImageSize">Of <see cref="DataSource.Folder"/>: height and width that pictures are resized to; null for 32.</param>
public sealed record DataRecipe(
    DataSource Source = DataSource.Cifar10, int? Training = null, int Validation = 5000, int? Test = null, string? Folder = null,
    int? ImageSize = null)
{
    private const int OwnImageSize = 32;
    private const int SyntheticTraining = 2000;
    private const int SyntheticTest = 500;

    internal void Validate()
    {
        if (Training is <= 0 || Test is <= 0 || Validation <= 0)
            throw new UserException("The profile's data must have at least one image to train, validate and test with.");
        if (Source == DataSource.Folder ? Folder is null || ImageSize is < 8 : Folder is not null || ImageSize is not null)
            throw new UserException("The profile's data must have a folder, and may have an imageSize from 8, where its source is Folder.");
    }

    internal DataRecipe Located(string folder) => Folder is null ? this : this with { Folder = Path.GetFullPath(Folder, folder) };

    /// <summary>What tells these images from others: the recipe, and the contents of a folder wherever it is.</summary>
    internal object Identity() =>
        Folder is null ? this : new { recipe = this with { Folder = null }, pictures = ImageFolder.HashOf(Folder) };

    /// <summary>Loads the images; CIFAR-10 must be installed.</summary>
    /// <param name="folder">Where CIFAR-10 is; null for its usual place.</param>
    /// <param name="seed">Of synthetic images.</param>
    /// <exception cref="UserException">The files are missing or damaged.</exception>
    public PipelineImages Load(string? folder, ulong seed)
    {
        switch (Source)
        {
            case DataSource.Cifar10:
                return Split(Cifar10.LoadTraining(folder), Cifar10.LoadTest(folder), Cifar10.Normalization);
            case DataSource.Synthetic:
                var whole = SyntheticImages.Create((Training ?? SyntheticTraining) + Validation, seed);
                return Split(whole, SyntheticImages.Create(Test ?? SyntheticTest, ~seed), Normalization.Of(whole));
            case DataSource.Folder:
                var (training, test) = (LoadOwn("train"), LoadOwn("test"));
                if (!training.ClassNames.SequenceEqual(test.ClassNames))
                    throw new UserException($"The folders train and test in {Folder} must hold the same classes.");
                return Split(training, test, Normalization.Of(training));
            default:
                throw new NotSupportedException($"There is no data source {Source}.");
        }
    }

    private ImageSet LoadOwn(string part) => ImageFolder.Load(Path.Combine(Folder!, part), ImageSize ?? OwnImageSize);

    private PipelineImages Split(ImageSet images, ImageSet test, Normalization normalization)
    {
        var split = StratifiedSplit.Create(images.Labels, images.ClassNames.Count, Validation);
        var training = images.Subset(split.Training);
        var (learned, tested) = (Training is { } count ? training.Sample(count) : training, Test is { } tests ? test.Sample(tests) : test);
        return new(learned, images.Subset(split.Validation), tested, normalization);
    }
}

/// <summary>The three sets of a run (the test set is read once, at the end), and what the networks expect of their pixels.</summary>
public sealed record PipelineImages(ImageSet Training, ImageSet Validation, ImageSet Test, Normalization Normalization);
