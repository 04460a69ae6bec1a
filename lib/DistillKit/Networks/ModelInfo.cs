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
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["spec"] = Spec.ToJson() };
        void Add(string key, string? value)
        {
            if (value is not null) metadata[key] = value;
        }
        Add("recipe", Recipe);
        Add("seed", Seed?.ToString(CultureInfo.InvariantCulture));
        Add("engine", Engine);
        Add("date", Date?.ToString("O", CultureInfo.InvariantCulture));
        Add("accuracy", Accuracy?.ToString("R", CultureInfo.InvariantCulture));
        return metadata;
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
