using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistillKit.Runs.Experiments;

/// <summary>Says what is wrong with a JSON text in words for the person who wrote it: the serializer's own messages name this program's types.</summary>
internal static partial class JsonMistake
{
    /// <summary>One line: the place, what is wrong there, and what there could be.</summary>
    /// <param name="error">What the serializer threw.</param>
    /// <param name="type">What it was to read.</param>
    /// <param name="root">The text, where it is JSON at all.</param>
    public static string Describe(Exception error, Type type, JsonNode? root)
    {
        var message = error.Message.ReplaceLineEndings(" ");
        var place = Place().Match(message);
        var what = (place.Success ? message[..place.Index] : message).TrimEnd(' ', '.');
        // Some of the serializer's messages have the place, and some exceptions.
        var where = ((error as JsonException)?.Path ?? place.Groups[1].Value).TrimStart('$', '.');
        var names = Quoted().Matches(what).Select(match => match.Groups[1].Value).ToArray();
        if (what.Contains("could not be mapped"))
        {
            var owner = where.EndsWith(names[0], StringComparison.Ordinal) ? where[..^names[0].Length].TrimEnd('.') : where;
            if (Find(type, root, owner) is { } found) return $"'{names[0]}' is not known: {(owner == "" ? "it" : owner)} {JsonFields.Contents(found.Type, found.Value)}";
        }
        else if (what.Contains("missing required properties"))
        {
            return $"{(where == "" ? "it" : where)} needs {string.Join(", ", names.Skip(1))}";
        }
        else if (what.Contains("discriminator") && Find(type, root, where) is { } found && JsonFields.Kinds(found.Type) is var (field, values))
        {
            return $"{where} must have a '{field}', one of {string.Join(", ", values)}";
        }
        else if (what.Contains("could not be converted") && Find(type, root, where) is { } leaf)
        {
            return $"{(where == "" ? "it" : $"'{where}'")} must be {JsonFields.Describe(leaf.Type)}";
        }
        return where == "" ? what : $"{where}: {what}";
    }

    private static (Type Type, JsonNode? Value)? Find(Type type, JsonNode? root, string path)
    {
        var value = root;
        foreach (var part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (JsonFields.Step(type, value, part) is not { } step) return null;
            (type, value) = (step.Type, JsonFields.Get(value, step.Key));
        }
        return (type, value);
    }

    [GeneratedRegex(@"Path: \$(\S*)( \| LineNumber.*)?$")]
    private static partial Regex Place();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
