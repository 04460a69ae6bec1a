using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace DistillKit.Cli.Notebooks;

/// <summary>
/// Makes outputs the same on every machine and in every run where only names differ: paths of the checkout and of the home folder become
/// relative, random identifiers (GUIDs) become numbered ones, texts are split into lines as nbformat does.
/// </summary>
internal sealed partial class OutputFilter
{
    private readonly (string Text, string Replacement)[] paths;
    private readonly Dictionary<string, string> identifiers = [];

    /// <param name="root">The checkout's folder.</param>
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

    internal string Apply(string text)
    {
        foreach (var (from, to) in paths) text = text.Replace(from, to);
        return Guids().Replace(text.ReplaceLineEndings("\n"), match => Numbered(match.Value.ToLowerInvariant()));
    }

    private JsonNode? Apply(JsonNode? node, string? key) => node switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Apply(pair.Value, pair.Key)))),
        JsonArray list => new JsonArray([.. list.Select(item => Apply(item, key: null))]),
        JsonValue value when value.TryGetValue<string>(out var text) => IsImage(key) ? text : Split(Apply(text), key),
        _ => node?.DeepClone(),
    };

    // In "image/svg+xml" there is text, in other images base64.
    private static bool IsImage(string? key) =>
        key is not null && key.StartsWith("image/", StringComparison.Ordinal) && key != "image/svg+xml";

    // The text of a stream and the values by media type are in lines.
    private static JsonNode Split(string text, string? key)
    {
        if (key is null || (key != "text" && !key.Contains('/'))) return text;
        var lines = text.Split('\n');
        var parts = lines.Select((line, index) => index < lines.Length - 1 ? line + "\n" : line).Where(line => line.Length > 0);
        return new JsonArray([.. parts.Select(line => JsonValue.Create(line))]);
    }

    private string Numbered(string guid)
    {
        if (!identifiers.TryGetValue(guid, out var replacement))
            identifiers[guid] = replacement = $"{new Guid(MD5.HashData(Encoding.UTF8.GetBytes($"distillkit {identifiers.Count}")))}";
        return replacement;
    }

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex Guids();
}
