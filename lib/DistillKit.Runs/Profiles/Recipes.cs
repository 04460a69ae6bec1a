using System.Collections.Concurrent;

namespace DistillKit.Runs.Profiles;

/// <summary>The large network: trained by a recipe, or with weights that there are already.</summary>
/// <param name="Model">The network; may be left out in a file where the weights say it.</param>
/// <param name="Training">Its recipe; not needed with weights.</param>
/// <param name="Weights">A safetensors file with torchvision's parameter names, that is validated and not trained; in a profile's file
/// relative to that.</param>
public sealed record TeacherRecipe(ModelSpec Model = null!, TrainingRecipe? Training = null, string? Weights = null)
{
    private static readonly ConcurrentDictionary<(string Path, DateTime Written), string> Hashes = [];

    /// <summary>The recipe with the whole path of its weights, and the network that they are of.</summary>
    /// <exception cref="InvalidDataException">There is neither a network to train nor weights.</exception>
    internal TeacherRecipe Located(string folder)
    {
        if (Weights is null)
        {
            if (Model is not null && Training is not null) return this;
            throw new InvalidDataException("teacher needs model and training, or weights");
        }
        var path = DataRecipe.Located(Weights, folder, "teacher.weights");
        var own = Safetensors.LoadMetadata(path).TryGetValue("spec", out var spec) ? ModelSpec.Parse(spec) : null;
        if ((Model ?? own) is not { } model)
            throw new UserException(
                $"The teacher's weights {path} do not say which network they are of: give the profile's teacher its 'model' too.");
        if (own is not null && own.ToJson() != model.ToJson())
            throw new UserException(
                $"The teacher's weights {path} are of the network {own.ToJson()}: leave out the 'model' of the profile's teacher.");
        return this with { Model = model, Weights = path };
    }

    /// <summary>A text that changes with the content of a file.</summary>
    internal static string HashOf(string weights)
    {
        try
        {
            return Hashes.GetOrAdd((weights, File.GetLastWriteTimeUtc(weights)), key =>
            {
                using var file = File.OpenRead(key.Path);
                return Convert.ToHexStringLower(SHA256.HashData(file));
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot read the teacher's weights {weights}: {error.Message}", error);
        }
    }
}

/// <summary>A network and how it is trained.</summary>
public sealed record NetworkRecipe(ModelSpec Model, TrainingRecipe Training);

/// <summary>A network between teacher and student.</summary>
/// <param name="Distillation">How it learns from the one before it; null to learn as the student does.</param>
public sealed record AssistantRecipe(ModelSpec Model, TrainingRecipe Training, DistillationRecipe? Distillation = null)
{
    internal static string NameOf(int index) => FormattableString.Invariant($"assistant{index + 1}");
}

/// <summary>How the benchmark measures.</summary>
/// <param name="LatencyRepeats">Timed calls with one image.</param>
/// <param name="ThroughputRepeats">Timed calls with 64 images.</param>
public sealed record BenchmarkRecipe(
    [property: Range(1, 1_000_000)] int LatencyRepeats = 200, [property: Range(1, 1_000_000)] int ThroughputRepeats = 10);

/// <summary>How the distilled student becomes an integer network.</summary>
public sealed record QuantizationRecipe
{
    /// <summary>Training images that calibration runs through the network, equally many of each class.</summary>
    [Range(1, DataRecipe.MostImages)]
    public int CalibrationImages { get; init; } = 500;

    /// <summary>How the student is rounded without training it any more.</summary>
    public PostTrainingRecipe PostTraining { get; init; } = new();

    /// <summary>How roundings move in quantization-aware training.</summary>
    public AwareRecipe Aware { get; init; } = new();

    /// <summary>The quantization-aware training, with the teacher's help, from the calibrated network.</summary>
    public required TrainingRecipe Training { get; init; }

    internal void ValidateTraining(int imageSize)
    {
        Training.Validate();
        Training.ValidateFor(imageSize);
        using var notClassifier = nn.Identity();
        Training.ValidateFor(notClassifier);
    }

    /// <summary>Checks also that the student has the layers; it is built only where the plan names some.</summary>
    internal void ValidatePostTraining(ModelSpec student, int imageSize)
    {
        PostTraining.Validate();
        if (PostTraining.Plan.Layers.Count == 0) return;
        using var network = student.Build();
        PostTraining.Plan.ValidateFor(FoldBatchNorm.Apply(network.ToGraph(imageSize)));
    }
}
