namespace DistillKit.Networks;

/// <summary>Where a model file's weights come from: what makes its accuracy a figure that can be checked.</summary>
public sealed record ModelInfo
{
    /// <summary>The network.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>The training recipe, as the training program wrote it.</summary>
    public string? Recipe { get; init; }

    /// <summary>The random seed.</summary>
    public long? Seed { get; init; }

    /// <summary>The engine and its version.</summary>
    public string? Engine { get; init; }

    /// <summary>When the training ended.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Top-1 accuracy in [0, 1], on the data that the recipe names.</summary>
    public double? Accuracy { get; init; }

    /// <summary>What the network expects of images, and the names of its classes.</summary>
    public ModelInput Input { get; init; } = new();

    /// <summary>The description as the metadata of a file.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var culture = CultureInfo.InvariantCulture;
        (string Key, string? Value)[] entries =
        [
            ("format", "pt"), ("spec", Spec.ToJson()), ("recipe", Recipe), ("seed", Seed?.ToString(culture)), ("engine", Engine),
            ("date", Date?.ToString("O", culture)), ("accuracy", Accuracy?.ToString("R", culture)),
        ];
        var own = entries.Where(entry => entry.Value is not null).Select(entry => KeyValuePair.Create(entry.Key, entry.Value!));
        return own.Concat(Input.ToMetadata()).ToDictionary();
    }

    /// <summary>Null for a file of another program, which names no spec.</summary>
    internal static ModelInfo? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("spec", out var json)) return null;
        var (culture, spec) = (CultureInfo.InvariantCulture, ModelSpec.Parse(json));
        return new()
        {
            Spec = spec,
            Input = ModelInput.FromMetadata(metadata, spec.Classes),
            Recipe = metadata.GetValueOrDefault("recipe"),
            Seed = long.TryParse(metadata.GetValueOrDefault("seed"), culture, out var seed) ? seed : null,
            Engine = metadata.GetValueOrDefault("engine"),
            Date = DateTimeOffset.TryParse(metadata.GetValueOrDefault("date"), culture, out var date) ? date : null,
            Accuracy = double.TryParse(metadata.GetValueOrDefault("accuracy"), culture, out var accuracy) ? accuracy : null,
        };
    }
}

/// <summary>Networks as safetensors files, with torchvision's parameter names and the provenance as metadata.</summary>
public static class ModelFile
{
    /// <summary>Writes the network's weights and statistics, completely or not at all.</summary>
    /// <param name="info">The provenance; its spec is replaced by the model's own.</param>
    /// <param name="type">What to store the numbers as: float32, or float16 for half the size; it is loaded as float32 again.</param>
    /// <exception cref="UserException">The file cannot be written, or the type cannot hold a number; the message names it.</exception>
    public static void Save(string path, ImageClassifier model, ModelInfo info, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var state = model.state_dict().ToDictionary(entry => entry.Key, entry => Stored(entry.Key, entry.Value));
        Safetensors.Save(path, state, (info with { Spec = model.Spec }).ToMetadata());

        Tensor Stored(string name, Tensor tensor)
        {
            if (!tensor.is_floating_point()) return tensor;
            var stored = tensor.to(type);
            if (NotFinite(stored) is { } number)
            {
                var largest = tensor.abs().max().item<float>();
                throw new UserException(FormattableString.Invariant($"{path} is not written: {name} would hold {number}, because ")
                    + FormattableString.Invariant($"its largest value is {largest:g6}: write float32, or train the network again."));
            }
            return stored;
        }
    }

    /// <summary>A number of a tensor that is not finite; null where there is none.</summary>
    private static float? NotFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var wrong = tensor[tensor.isfinite().logical_not()];
        return wrong.numel() == 0 ? null : wrong[0].to(ScalarType.Float32).item<float>();
    }

    /// <summary>Builds the network that the file describes, and loads it.</summary>
    /// <exception cref="UserException">The file cannot be read, or names no spec.</exception>
    public static (ImageClassifier Model, ModelInfo Info) Load(string path)
    {
        using var file = Safetensors.Load(path);
        var info = ModelInfo.FromMetadata(file.Metadata)
            ?? throw new UserException($"{path} does not say which network it holds: build the network from a spec, then load it.");
        return (Build(path, file, info.Spec), info);
    }

    /// <summary>Builds a network, and loads it from a file of any program; the provenance is null for one of another program.</summary>
    /// <exception cref="UserException">The file cannot be read, or belongs to another architecture; the message says why.</exception>
    public static (ImageClassifier Model, ModelInfo? Info) LoadAs(string path, ModelSpec spec)
    {
        using var file = Safetensors.Load(path);
        return (Build(path, file, spec), ModelInfo.FromMetadata(file.Metadata));
    }

    private static ImageClassifier Build(string path, SafetensorsFile file, ModelSpec spec)
    {
        try
        {
            // A file that lacks some of the numbers is still told which.
            var model = ParameterBudget.Within(2 * file.Tensors.Values.Sum(tensor => tensor.numel()) + (1 << 20), spec);
            Copy(path, file, model);
            return model;
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"{path} does not fit the network {spec.ToJson()}: {error.Message}. Take its own file.", error);
        }
    }

    /// <summary>Loads the weights into a network of the same architecture; torchvision's files fit, too.</summary>
    /// <returns>The provenance, or null for a file of another program.</returns>
    /// <exception cref="UserException">The file cannot be read, or belongs to another architecture; the message says why.</exception>
    public static ModelInfo? LoadInto(string path, ImageClassifier model)
    {
        using var file = Safetensors.Load(path);
        Copy(path, file, model);
        return ModelInfo.FromMetadata(file.Metadata);
    }

    private static void Copy(string path, SafetensorsFile file, ImageClassifier model)
    {
        var state = model.state_dict();
        if (ModelDifference.Of(file, state, model.Classes) is { } difference)
            throw new UserException($"{path} does not fit the network {model.Spec.ToJson()}: {difference}.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, tensor) in file.Tensors)
        {
            if (NotFinite(tensor) is { } number)
                throw new UserException(FormattableString.Invariant($"{path} is damaged: {name} holds {number}. Take another file."));
            state[name].copy_(tensor.reshape(state[name].shape));
        }
    }
}
