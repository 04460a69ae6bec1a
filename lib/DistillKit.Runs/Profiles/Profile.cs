using System.Reflection;

namespace DistillKit.Runs.Profiles;

/// <summary>Everything that a run of the pipeline depends on: one JSON file that the command line and the notebooks both read.</summary>
public sealed record Profile
{
    private const string ResourcePrefix = "profiles/";

    /// <summary>The name, also of the folder of its results.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in a line.</summary>
    public required string Description { get; init; }

    /// <summary>The seed of weights, order, augmentation and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The images.</summary>
    public required DataRecipe Data { get; init; }

    /// <summary>The large network, trained or with weights of your own.</summary>
    public required TeacherRecipe Teacher { get; init; }

    /// <summary>Networks between teacher and student, each taught by the one before it (teacher assistants, Mirzadeh et al. 2020,
    /// arXiv:1902.03393). One with the student's own description is a born-again student (Furlanello et al. 2018,
    /// arXiv:1805.04770).</summary>
    public IReadOnlyList<AssistantRecipe> Assistants { get; init; } = [];

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
            throw new UserException(
                $"There is no profile '{nameOrPath}': take one of {string.Join(", ", BuiltIn)}, or the path of a profile's JSON file.");
        try
        {
            return Parse(File.ReadAllText(nameOrPath), nameOrPath, Path.GetDirectoryName(Path.GetFullPath(nameOrPath)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The profile {nameOrPath} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a profile from JSON.</summary>
    /// <param name="json">The text; comments are allowed.</param>
    /// <param name="source">What to call it in an error.</param>
    /// <param name="folder">What relative paths in it are relative to; the current folder when not given.</param>
    /// <exception cref="UserException">It is not valid; the message says what is wrong.</exception>
    public static Profile Parse(string json, string source, string? folder = null)
    {
        try
        {
            return Read(json, folder);
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"The profile {source} cannot be read: {error.Message}.", error);
        }
    }

    /// <exception cref="InvalidDataException">It is not a profile's JSON; the message says where and why, without a full stop.</exception>
    internal static Profile Read(string json, string? folder = null)
    {
        var profile = Json.Read<Profile>(json);
        folder ??= Directory.GetCurrentDirectory();
        profile = profile with { Teacher = profile.Teacher.Located(folder), Data = profile.Data.Located(folder) };
        profile.Validate();
        return profile;
    }

    /// <summary>The profile as indented JSON, which <see cref="Parse"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.IndentedRecipe);

    /// <summary>Checks what depends on the images; before those of a known source are there, too.</summary>
    internal void ValidateFor(int images, int classes)
    {
        foreach (var (path, network) in Networks)
        {
            var own = network.Model.Classes;
            Require(own == classes, $"{path}.model.classes", $"{classes}, as many as the images have", own);
            RequireBatch($"{path}.training", network.Training, images);
        }
        RequireBatch("quantization.training", Quantization.Training, images);
    }

    /// <summary>The networks that are trained, with their places.</summary>
    private IEnumerable<(string Path, NetworkRecipe Network)> Networks =>
    [
        .. Teacher is { Weights: null, Training: { } training }
            ? [("teacher", new NetworkRecipe(Teacher.Model, training))]
            : ((string, NetworkRecipe)[])[],
        .. Assistants.Select((assistant, index) => ($"assistants[{index}]", new NetworkRecipe(assistant.Model, assistant.Training))),
        ("student", Student),
    ];

    private void Validate()
    {
        if (!IsName(Name)) throw new UserException($"The profile's name '{Name}' cannot be the name of a folder of results.");
        Fields.Validate(this, "profile");
        Data.Validate();
        At("teacher.model", Teacher.Model.Validate);
        List<(string Name, ModelSpec Model)> teachers = [("teacher", Teacher.Model)];
        foreach (var (path, network) in Networks)
        {
            At($"{path}.model", network.Model.Validate);
            At($"{path}.training", () => ValidateTraining(network));
        }
        foreach (var (index, assistant) in Assistants.Index())
        {
            var name = AssistantRecipe.NameOf(index);
            RequireSameClasses(name, assistant.Model);
            var (distillation, place) = assistant.Distillation is { } own
                ? (own, $"assistants[{index}].distillation")
                : (Distillation with { Teachers = null }, "distillation");
            At(place, () => Validate(distillation, new(assistant.Model, assistant.Training), teachers));
            teachers.Add((name, assistant.Model));
        }
        RequireSameClasses("student", Student.Model);
        At("distillation", () => Validate(Distillation, Student, teachers));
        At("quantization.postTraining", () => Quantization.ValidatePostTraining(Student.Model, Data.Size));
        At("quantization.aware", Quantization.Aware.Validate);
        At("quantization.training", () => Quantization.ValidateTraining(Data.Size));
        if (Data.Known is var (images, classes)) ValidateFor(images, classes);
    }

    /// <summary>Networks are built only where there are names to be checked.</summary>
    private void ValidateTraining(NetworkRecipe network)
    {
        network.Training.Validate();
        network.Training.ValidateFor(Data.Size);
        if (network.Training.Unfreezing.Count == 0) return;
        using var built = network.Model.Build();
        network.Training.ValidateFor(built);
    }

    private void RequireSameClasses(string name, ModelSpec model)
    {
        if (Teacher.Model.Classes != model.Classes)
            throw new UserException(
                $"The teacher has {Teacher.Model.Classes} classes and the {name} {model.Classes}: they must have the same.");
    }

    private static void RequireBatch(string path, TrainingRecipe training, int images) =>
        Require(training.BatchSize <= images, $"{path}.batchSize", $"at most {images}, the number of training images", training.BatchSize);

    private static void Require(bool valid, string field, string rule, object value) =>
        Fields.Require(valid, "profile", field, rule, value);

    /// <summary>Says where a record is that finds a mistake in itself.</summary>
    private static void At(string path, Action validate)
    {
        try
        {
            validate();
        }
        catch (UserException error)
        {
            throw new UserException($"The profile's {path} cannot be used: {error.Message}", error);
        }
    }

    private static bool IsName(string name) =>
        name.Trim('.', ' ').Length > 0 && name == name.Trim() && name[^1] != '.'
        && !name.Any(letter => char.IsControl(letter) || "/\\:*?\"<>|".Contains(letter))
        // Where the results of experiments are.
        && !name.Equals("experiments", StringComparison.OrdinalIgnoreCase);

    private static void Validate(DistillationRecipe distillation, NetworkRecipe student, List<(string Name, ModelSpec Model)> teachers)
    {
        distillation.Validate();
        var known = teachers.Select(teacher => teacher.Name);
        if (distillation.Teachers is { } names && (names.Count == 0 || names.Except(known).Any()))
            throw new UserException(
                $"The distillation's teachers must be one or more of {string.Join(", ", known)}, but are [{string.Join(", ", names)}].");
        if (distillation.Stored is true) SoftTargetStore.Validate(student.Training);
        // Before the hours in which the teacher is trained; networks are built only if there are names to be checked.
        if (distillation.Terms?.Any(term => term is FeatureTerm) != true) return;
        if (distillation.Stored is true)
            throw new UserException(
                "The distillation's stored answers are logits: leave out the terms on features, or ask the teacher itself.");
        var first = distillation.Teachers is { } several ? teachers.First(teacher => teacher.Name == several[0]).Model : teachers[^1].Model;
        distillation.ValidateFor(NetworkSignature.Of(student.Model), NetworkSignature.Of(first));
    }
}
