using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistillKit.Distillation;
using DistillKit.Models;
using DistillKit.Training;

namespace DistillKit.Pipeline;

/// <summary>Everything that a run of the pipeline depends on: one JSON file that the command line and the notebooks both read.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Profile
{
    private const string ResourcePrefix = "profiles/";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The name, also of the folder of its results.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in a line.</summary>
    public required string Description { get; init; }

    /// <summary>The seed of weights, order, augmentation and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The images.</summary>
    public required DataRecipe Data { get; init; }

    /// <summary>The large network.</summary>
    public required NetworkRecipe Teacher { get; init; }

    /// <summary>The small network. Alone and from the teacher it is trained by one recipe, so at equal budget.</summary>
    public required NetworkRecipe Student { get; init; }

    /// <summary>How the student learns from the teacher.</summary>
    public required DistillationRecipe Distillation { get; init; }

    /// <summary>How the student becomes an integer network.</summary>
    public required QuantizationRecipe Quantization { get; init; }

    /// <summary>How the results are measured.</summary>
    public BenchmarkRecipe Benchmark { get; init; } = new();

    /// <summary>The profiles that come with the library.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["smoke", "quick", "standard", "full"];

    /// <summary>Loads a profile that comes with the library, by name, or one of your own, by the path of its JSON file.</summary>
    /// <exception cref="UserException">There is no such profile, or it is not valid; the message says what is wrong.</exception>
    public static Profile Load(string nameOrPath)
    {
        if (BuiltIn.Contains(nameOrPath))
        {
            using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{ResourcePrefix}{nameOrPath}.json")!;
            using var reader = new StreamReader(resource);
            return Parse(reader.ReadToEnd(), nameOrPath);
        }
        if (!File.Exists(nameOrPath))
            throw new UserException($"There is no profile '{nameOrPath}': take one of {string.Join(", ", BuiltIn)}, or the path of a profile's JSON file.");
        return Parse(File.ReadAllText(nameOrPath), nameOrPath);
    }

    /// <summary>Reads a profile from JSON.</summary>
    /// <param name="json">The text; comments are allowed.</param>
    /// <param name="source">What to call it in an error.</param>
    /// <exception cref="UserException">It is not valid; the message says what is wrong.</exception>
    public static Profile Parse(string json, string source)
    {
        try
        {
            var profile = JsonSerializer.Deserialize<Profile>(json, Json) ?? throw new JsonException("it is empty");
            profile.Validate();
            return profile;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new UserException($"The profile {source} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>The profile as indented JSON, which <see cref="Parse"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private void Validate()
    {
        if (Name.Length == 0 || Name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || Name is "." or "..")
            throw new UserException($"The profile's name '{Name}' cannot be the name of a folder.");
        Teacher.Model.Validate();
        Student.Model.Validate();
        Teacher.Training.Validate();
        Student.Training.Validate();
        Quantization.Validate();
        Data.Validate();
        Benchmark.Validate();
        if (Teacher.Model.Classes != Student.Model.Classes)
            throw new UserException($"The teacher has {Teacher.Model.Classes} classes and the student {Student.Model.Classes}: they must have the same.");
        Distillation.Validate();
        // Before the hours in which the teacher is trained; networks are built only if there are names to be checked.
        if (Distillation.Terms?.Any(term => term is FeatureTerm) == true) Distillation.ValidateFor(NetworkSignature.Of(Student.Model), NetworkSignature.Of(Teacher.Model));
    }
}

/// <summary>A network and how it is trained.</summary>
/// <param name="Model">The network.</param>
/// <param name="Training">Its recipe.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NetworkRecipe(ModelSpec Model, TrainingRecipe Training);

/// <summary>How the benchmark measures.</summary>
/// <param name="LatencyRepeats">Timed calls with one image.</param>
/// <param name="ThroughputRepeats">Timed calls with 64 images.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BenchmarkRecipe(int LatencyRepeats = 200, int ThroughputRepeats = 10)
{
    internal void Validate()
    {
        if (LatencyRepeats < 1 || ThroughputRepeats < 1) throw new UserException("The profile's latencyRepeats and throughputRepeats must be at least 1.");
    }
}
