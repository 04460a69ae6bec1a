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
    DataSource Source = DataSource.Cifar10, [property: Range(1, DataRecipe.MostImages)] int? Training = null,
    [property: Range(1, DataRecipe.MostImages)] int Validation = 5000, [property: Range(1, DataRecipe.MostImages)] int? Test = null,
    string? Folder = null, [property: Range(8, ImageSet.LargestSize)] int? ImageSize = null)
{
    internal const int MostImages = 1_000_000;
    private const int DefaultSize = 32;
    private const int SyntheticTraining = 2000;
    private const int SyntheticTest = 500;

    /// <summary>Height and width of the images in pixels.</summary>
    internal int Size => ImageSize ?? DefaultSize;

    /// <summary>The numbers of training images and classes, where the source says them before it is there.</summary>
    internal (int Images, int Classes)? Known => Source switch
    {
        DataSource.Cifar10 => (Training ?? 50_000 - Validation, Cifar10.ClassNames.Count),
        DataSource.Synthetic => (Training ?? SyntheticTraining, SyntheticImages.ClassNames.Count),
        _ => null,
    };

    internal void Validate()
    {
        if (Source == DataSource.Folder ? Folder is null : Folder is not null || ImageSize is not null)
            throw new UserException("The profile's data must have a folder, and may have an imageSize, where its source is Folder.");
        if (Known is not var (_, classes)) return;
        var (most, mostTests) = Source == DataSource.Cifar10 ? (50_000, 10_000) : (200_000, 200_000);
        Require(Validation < most, "validation", $"below {most}, as there are no more images of {Source}", Validation);
        Require(
            (Training ?? 1) <= most - Validation, "training", $"at most {most - Validation}, as the validation has the others", Training);
        Require((Test ?? 1) <= mostTests, "test", $"at most {mostTests}, as there are no more images of {Source}", Test);
        foreach (var (field, value) in ((string, int?)[])[("training", Training), ("validation", Validation), ("test", Test)])
            Require((value ?? 0) % classes == 0, field, $"a multiple of the {classes} classes", value);
    }

    private static void Require(bool valid, string field, string rule, object? value) =>
        Fields.Require(valid, "profile", $"data.{field}", rule, value);

    internal DataRecipe Located(string folder) =>
        Folder is null ? this : this with { Folder = Located(Folder, folder, "data.folder") };

    /// <exception cref="InvalidDataException">The text in a field is no path.</exception>
    internal static string Located(string path, string folder, string field) =>
        path.Contains('\0') ? throw new InvalidDataException($"'{field}' must be a path") : Path.GetFullPath(path, folder);

    /// <summary>What tells these images from others: the recipe, and the contents of a folder wherever it is.</summary>
    internal object Identity(CancellationToken cancellation = default) =>
        Folder is null ? this : new { recipe = this with { Folder = null }, pictures = ImageFolder.HashOf(Folder, cancellation) };

    /// <summary>Loads the images; CIFAR-10 must be installed.</summary>
    /// <param name="folder">Where CIFAR-10 is; null for its usual place.</param>
    /// <param name="seed">Of synthetic images.</param>
    /// <exception cref="UserException">The files are missing or damaged.</exception>
    public PipelineImages Load(string? folder, ulong seed, CancellationToken cancellation = default)
    {
        switch (Source)
        {
            case DataSource.Cifar10:
                return Split(Cifar10.LoadTraining(folder), Cifar10.LoadTest(folder), Cifar10.Normalization);
            case DataSource.Synthetic:
                var whole = SyntheticImages.Create((Training ?? SyntheticTraining) + Validation, seed);
                return Split(whole, SyntheticImages.Create(Test ?? SyntheticTest, ~seed), Normalization.Of(whole));
            case DataSource.Folder:
                RequireParts();
                var (training, test) = (LoadOwn("train", cancellation), LoadOwn("test", cancellation));
                if (!training.ClassNames.SequenceEqual(test.ClassNames))
                    throw new UserException($"The folders train and test in {Folder} must hold the same classes.");
                return Split(training, test, Normalization.Of(training));
            default:
                throw new NotSupportedException($"There is no data source {Source}.");
        }
    }

    private ImageSet LoadOwn(string part, CancellationToken cancellation) =>
        ImageFolder.Load(Path.Combine(Folder!, part), Size, cancellation);

    private void RequireParts()
    {
        if (!Directory.Exists(Folder)) throw new UserException($"There is no folder {Folder}, where the profile has its pictures.");
        if (((string[])["train", "test"]).All(part => Directory.Exists(Path.Combine(Folder, part)))) return;
        string[] folders = [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)).Order().Take(4)];
        throw new UserException($"{Folder} must hold the folders train and test, each with a folder for each class, but holds "
            + $"{(folders.Length == 0 ? "none" : string.Join(", ", folders))}.");
    }

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
