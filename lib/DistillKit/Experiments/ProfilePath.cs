using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using DistillKit.Pipeline;

namespace DistillKit.Experiments;

/// <summary>Places in a profile's JSON, such as <c>distillation.temperature</c> or <c>student.training.phases.0.epochs</c>, checked against the types that read it.</summary>
internal static class ProfilePath
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>Puts a value in its place; optional parts on the way there are made.</summary>
    /// <returns>The place with the names as the profile writes them.</returns>
    /// <exception cref="UserException">There is no such place; the message says what there is.</exception>
    public static string Set(JsonObject profile, string path, JsonNode? value)
    {
        JsonNode parent = profile;
        var (type, known) = (typeof(Profile), "");
        string[] parts = path.Split('.');
        foreach (var (index, part) in parts.Index())
        {
            var step = Step(type, parent, part) ?? throw new UserException($"'{path}' is not in a profile: {(known == "" ? "it" : known)} {Contents(type, parent)}.");
            known = known == "" ? $"{step.Key}" : $"{known}.{step.Key}";
            if (index == parts.Length - 1) Put(parent, step.Key, value?.DeepClone());
            else parent = Get(parent, step.Key) ?? Put(parent, step.Key, new JsonObject())!;
            type = step.Type;
        }
        return known;
    }

    /// <summary>What was wrong with a text that is no value of its type: where, and what there could be.</summary>
    public static string Reason(JsonException error, Type type)
    {
        var message = error.Message.ReplaceLineEndings(" ");
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var (what, where) = (end < 0 ? message : message[..end], (error.Path ?? "$").TrimStart('$').TrimStart('.'));
        if (what.Contains("could not be mapped") && what.Split('\'') is [_, var unknown, ..])
        {
            if (where.EndsWith(unknown, StringComparison.Ordinal)) where = where[..^unknown.Length].TrimEnd('.');
            return $"'{unknown}' is not known: {(where == "" ? "it" : where)} {(TypeAt(type, where) is { } owner ? Contents(owner, null) : "has no such field")}.";
        }
        if (what.Contains("could not be converted") && TypeAt(type, where) is { } expected) return $"'{where}' must be {Describe(expected)}.";
        return where == "" ? what : $"{where}: {what}";
    }

    private static (object Key, Type Type)? Step(Type type, JsonNode parent, string part)
    {
        var info = Json.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when parent is JsonObject:
                var property = Properties(info, parent).FirstOrDefault(property => property.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
                return property.Name is null ? null : (property.Name, property.Type);
            case JsonTypeInfoKind.Dictionary when parent is JsonObject && part != "":
                return (part, info.ElementType!);
            case JsonTypeInfoKind.Enumerable when parent is JsonArray array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < array.Count:
                return (index, info.ElementType!);
            default:
                return null;
        }
    }

    /// <summary>The fields of an object; where it is one of several records, of the one that its discriminator names, else of all.</summary>
    private static IEnumerable<(string Name, Type Type)> Properties(JsonTypeInfo info, JsonNode? value)
    {
        var own = info.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).Select(property => (property.Name, property.PropertyType));
        if (info.PolymorphismOptions is not { } options) return own;
        var named = (value as JsonObject)?[options.TypeDiscriminatorPropertyName]?.ToString();
        var derived = options.DerivedTypes.Where(type => named is null || $"{type.TypeDiscriminator}" == named).Select(type => type.DerivedType).Where(type => type != info.Type);
        return own.Prepend((options.TypeDiscriminatorPropertyName, typeof(string))).Concat(derived.SelectMany(type => Properties(Json.GetTypeInfo(type), value))).DistinctBy(property => property.Item1);
    }

    private static string Contents(Type type, JsonNode? value)
    {
        var info = Json.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => $"has {string.Join(", ", Properties(info, value).Select(property => property.Name))}",
            JsonTypeInfoKind.Enumerable => $"is a list of {(value as JsonArray)?.Count ?? 0}, counted from 0",
            _ => $"is {Describe(type)}",
        };
    }

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        if (type.IsPrimitive) return type == typeof(double) || type == typeof(float) ? "a number" : "a whole number";
        return Json.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object";
    }

    private static Type? TypeAt(Type type, string path)
    {
        foreach (var part in path.Replace("[", ".").Replace("]", "").Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var info = Json.GetTypeInfo(type);
            var next = info.Kind == JsonTypeInfoKind.Object
                ? Properties(info, null).FirstOrDefault(property => property.Name.Equals(part, StringComparison.OrdinalIgnoreCase)).Type
                : info.ElementType;
            if (next is null) return null;
            type = next;
        }
        return type;
    }

    private static JsonNode? Get(JsonNode parent, object key) => key is int index ? parent[index] : parent[(string)key];

    private static JsonNode? Put(JsonNode parent, object key, JsonNode? value) => key is int index ? parent[index] = value : parent[(string)key] = value;
}
