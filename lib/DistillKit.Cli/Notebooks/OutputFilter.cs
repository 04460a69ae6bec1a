namespace DistillKit.Cli.Notebooks;

/// <summary>Makes outputs the same on every machine: paths of the checkout and of the home folder become relative, texts are split into
/// lines as nbformat does.</summary>
internal sealed class OutputFilter
{
    private readonly (string Text, string Replacement)[] paths;

    internal OutputFilter(string root)
    {
        var separator = Path.DirectorySeparatorChar;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).TrimEnd(separator);
        root = root.TrimEnd(separator);
        (string, string)[] known = [(root + separator, ""), (root, "."), (home + separator, "~" + separator)];
        // A root folder is too short a text to be told from others.
        paths = [.. known.Where(pair => pair.Item1.Length > 3)];
    }

    internal JsonArray Apply(JsonArray outputs) => (JsonArray)Apply(outputs, key: null)!;

    internal string Apply(string text) =>
        paths.Aggregate(text.ReplaceLineEndings("\n"), (filtered, path) => filtered.Replace(path.Text, path.Replacement));

    private JsonNode? Apply(JsonNode? node, string? key) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Apply(pair.Value, pair.Key)))),
        JsonArray list => new JsonArray([.. list.Select(item => Apply(item, key: null))]),
        // In "image/svg+xml" there is text, in other images base64.
        JsonValue value when value.TryGetValue<string>(out var text) =>
            key?.StartsWith("image/") == true && key != "image/svg+xml" ? text : Split(Apply(text), key),
        _ => node?.DeepClone(),
    };

    // The text of a stream and the values by media type are in lines.
    private static JsonNode Split(string text, string? key)
    {
        if (key is null || (key != "text" && !key.Contains('/'))) return text;
        var lines = text.Split('\n');
        var parts = lines.Select((line, index) => index < lines.Length - 1 ? line + "\n" : line).Where(line => line.Length > 0);
        return new JsonArray([.. parts.Select(line => JsonValue.Create(line))]);
    }
}
