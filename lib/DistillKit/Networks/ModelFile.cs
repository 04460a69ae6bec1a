using DistillKit.Files;

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

    /// <summary>The description as the metadata of a file.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var culture = CultureInfo.InvariantCulture;
        (string Key, string? Value)[] entries =
        [
            ("format", "pt"), ("spec", Spec.ToJson()), ("recipe", Recipe), ("seed", Seed?.ToString(culture)), ("engine", Engine),
            ("date", Date?.ToString("O", culture)), ("accuracy", Accuracy?.ToString("R", culture)),
        ];
        return entries.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
    }

    /// <summary>Null for a file of another program, which names no spec.</summary>
    internal static ModelInfo? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("spec", out var spec)) return null;
        var culture = CultureInfo.InvariantCulture;
        return new()
        {
            Spec = ModelSpec.Parse(spec),
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
    private const string BatchCounter = ".num_batches_tracked";

    /// <summary>Writes the network's weights and statistics, completely or not at all.</summary>
    /// <param name="info">The provenance; its spec is replaced by the model's own.</param>
    /// <param name="type">What to store the numbers as: float32, or float16 for half the size; it is loaded as float32 again.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Save(string path, ImageClassifier model, ModelInfo info, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        Tensor Stored(Tensor tensor) => tensor.is_floating_point() ? tensor.to(type) : tensor;
        var state = model.state_dict().ToDictionary(entry => entry.Key, entry => Stored(entry.Value));
        Safetensors.Save(path, state, (info with { Spec = model.Spec }).ToMetadata());
    }

    /// <summary>Builds the network that the file describes, and loads it.</summary>
    /// <exception cref="UserException">The file cannot be read, or names no spec.</exception>
    public static (ImageClassifier Model, ModelInfo Info) Load(string path)
    {
        using var file = Safetensors.Load(path);
        var info = ModelInfo.FromMetadata(file.Metadata)
            ?? throw new UserException($"{path} does not say which network it holds: build the network from a spec, then load it.");
        var model = info.Spec.Build();
        Copy(path, file, model);
        return (model, info);
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
        var differences = Differences(file.Tensors, state).ToList();
        if (differences.Count > 0)
        {
            var more = differences.Count > 3 ? $"; and {differences.Count - 3} more" : "";
            var first = string.Join("; ", differences.Take(3));
            throw new UserException(
                $"{path} does not fit the network {model.Spec.ToJson()}: {first}{more}. Load it into the network that it was saved from.");
        }
        using var frozen = no_grad();
        foreach (var (name, tensor) in file.Tensors) state[name].copy_(tensor);
    }

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, Tensor> file, Dictionary<string, Tensor> state)
    {
        foreach (var (name, expected) in state)
        {
            if (!file.TryGetValue(name, out var actual) && name.EndsWith(BatchCounter, StringComparison.Ordinal)) continue;
            if (actual is null) yield return $"{name} is missing";
            else if (!actual.shape.AsSpan().SequenceEqual(expected.shape))
                yield return $"{name} is [{string.Join(", ", actual.shape)}] rather than [{string.Join(", ", expected.shape)}]";
            else if (!Converts(actual.dtype, expected.dtype))
                yield return $"{name} is {actual.dtype} rather than {expected.dtype}";
        }
        foreach (var name in file.Keys.Where(name => !state.ContainsKey(name))) yield return $"{name} is not part of the network";
    }

    private static bool Converts(ScalarType from, ScalarType to) =>
        from == to || (to == ScalarType.Float32 && from is (ScalarType.Float16 or ScalarType.BFloat16));
}
