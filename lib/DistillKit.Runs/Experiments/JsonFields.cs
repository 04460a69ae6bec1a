using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace DistillKit.Runs.Experiments;

/// <summary>What the types that read a JSON text have at a place in it: for finding that place, and for saying what there is when it is not there.</summary>
internal static class JsonFields
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>A step from a value to one of its parts: the part's name as its type writes it or its number in a list, and its type; null where there is no such part.</summary>
    /// <param name="type">The value's type.</param>
    /// <param name="value">The value; says which of several records it is, and how long a list.</param>
    /// <param name="part">A name in any case, or a number.</param>
    public static (object Key, Type Type)? Step(Type type, JsonNode? value, string part)
    {
        var info = Json.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when value is null or JsonObject:
                var (name, own) = Of(info, value).FirstOrDefault(field => field.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
                return name is null ? null : (name, own);
            case JsonTypeInfoKind.Dictionary when value is null or JsonObject && part != "":
                return (part, info.ElementType!);
            case JsonTypeInfoKind.Enumerable when value is JsonArray list && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                return (index, info.ElementType!);
            default:
                return null;
        }
    }

    /// <summary>A part of a value; null where it is not there.</summary>
    public static JsonNode? Get(JsonNode? value, object key) => (value, key) switch
    {
        (JsonArray list, int index) => list[index],
        (JsonObject parent, string name) => parent[name],
        _ => null,
    };

    /// <summary>What a value holds, for instance "has alpha, temperature".</summary>
    public static string Contents(Type type, JsonNode? value)
    {
        var info = Json.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => $"has {string.Join(", ", Of(info, value).Select(field => field.Name))}",
            JsonTypeInfoKind.Enumerable => $"is a list of {(value as JsonArray)?.Count ?? 0}, counted from 0",
            _ => $"is {Describe(type)}",
        };
    }

    /// <summary>What a value of the type looks like, for instance "a whole number".</summary>
    public static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        if (type.IsPrimitive) return type == typeof(double) || type == typeof(float) ? "a number" : "a whole number";
        return Json.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object";
    }

    /// <summary>For one of several records: the field that says which, and its values.</summary>
    public static (string Field, IEnumerable<string> Values)? Kinds(Type type) => Json.GetTypeInfo(type).PolymorphismOptions is { } options
        ? (options.TypeDiscriminatorPropertyName, options.DerivedTypes.Select(derived => $"{derived.TypeDiscriminator}"))
        : null;

    /// <summary>The fields of an object; of one of several records those of the record that it is, and of all where it does not say.</summary>
    private static IEnumerable<(string Name, Type Type)> Of(JsonTypeInfo info, JsonNode? value)
    {
        var own = info.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).Select(property => (property.Name, property.PropertyType));
        if (info.PolymorphismOptions is not { } options) return own;
        var kind = (value as JsonObject)?[options.TypeDiscriminatorPropertyName]?.ToString();
        var records = options.DerivedTypes.Where(derived => kind is null || $"{derived.TypeDiscriminator}" == kind).Select(derived => derived.DerivedType).Where(type => type != info.Type);
        return own.Prepend((options.TypeDiscriminatorPropertyName, typeof(string))).Concat(records.SelectMany(type => Of(Json.GetTypeInfo(type), value))).DistinctBy(field => field.Item1);
    }
}
