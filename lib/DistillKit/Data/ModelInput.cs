namespace DistillKit.Data;

/// <summary>What a model file says about the images that its network takes; null for what it does not say.</summary>
/// <param name="Normalization">What the network expects of the pixels.</param>
/// <param name="ClassNames">The classes, in the order of the logits.</param>
public sealed record ModelInput(Normalization? Normalization = null, IReadOnlyList<string>? ClassNames = null)
{
    private const string MeanKey = "mean";
    private const string DeviationKey = "deviation";
    private const string ClassesKey = "classes";

    /// <summary>Reads what <see cref="ToMetadata"/> wrote, in a safetensors file as in an ONNX file.</summary>
    /// <param name="classes">The network's number of classes.</param>
    /// <exception cref="UserException">An entry is not valid; the message names it.</exception>
    public static ModelInput FromMetadata(IReadOnlyDictionary<string, string> metadata, int classes)
    {
        var (mean, deviation) = (Numbers(metadata, MeanKey), Numbers(metadata, DeviationKey));
        if (mean is null != deviation is null || deviation?.Any(value => value <= 0) is true)
            throw new UserException($"The file's {MeanKey} and {DeviationKey} must be there together, and each deviation above 0.");
        var names = metadata.GetValueOrDefault(ClassesKey) is { } text ? Names(text) : null;
        if (names is not null && names.Count != classes)
            throw new UserException($"The file names {names.Count} {ClassesKey}, but its network has {classes}: export it again.");
        return new(mean is null ? null : new(mean, deviation!), names);
    }

    /// <summary>The metadata of a file: numbers and names with commas between them; a JSON list where a name has a comma itself.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>();
        if (Normalization is { } normalization)
            (metadata[MeanKey], metadata[DeviationKey]) = (Text(normalization.Mean), Text(normalization.Deviation));
        if (ClassNames is { } names)
            metadata[ClassesKey] = names.Any(name => name.Contains(',') || name.StartsWith('['))
                ? JsonSerializer.Serialize(names)
                : string.Join(',', names);
        return metadata;
    }

    private static string Text(float[] values) =>
        string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static float[]? Numbers(IReadOnlyDictionary<string, string> metadata, string key)
    {
        if (!metadata.TryGetValue(key, out var text)) return null;
        float[] values =
            [.. text.Split(',').Select(part => float.TryParse(part, CultureInfo.InvariantCulture, out var value) ? value : float.NaN)];
        if (values.Length == ImageSet.Channels && values.All(float.IsFinite)) return values;
        throw new UserException($"The file's {key} must be {ImageSet.Channels} numbers, but is '{text}': export it again.");
    }

    private static IReadOnlyList<string> Names(string text)
    {
        if (!text.StartsWith('[')) return text.Split(',');
        try
        {
            var names = JsonSerializer.Deserialize<string?[]>(text)!;
            return [.. names.Select(name => name ?? throw new JsonException())];
        }
        catch (JsonException error)
        {
            throw new UserException($"The file's {ClassesKey} are not a list of names: export it again.", error);
        }
    }
}
