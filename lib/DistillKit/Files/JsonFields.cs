using System.Text.Json.Serialization.Metadata;

namespace DistillKit.Files;

/// <summary>What the types that read a JSON text have at a place in it: to find that place, or to say what there is instead.</summary>
public static class JsonFields
{
    /// <summary>A step from a value to a part of it: the part's name as its type writes it, or its number in a list, and its type; null
    /// where there is none.</summary>
    /// <param name="value">The value; says which of several records it is, and how long a list.</param>
    /// <param name="part">A name in any case, or a number.</param>
    public static (object Key, Type Type)? Step(Type type, JsonNode? value, string part)
    {
        var info = Json.Recipe.GetTypeInfo(type);
        if (value is JsonArray list && info.Kind == JsonTypeInfoKind.Enumerable)
        {
            var isPlace = int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count;
            return isPlace ? (index, info.ElementType!) : null;
        }
        if (value is not (null or JsonObject)) return null;
        if (info.Kind == JsonTypeInfoKind.Dictionary) return part == "" ? null : (part, info.ElementType!);
        var fields = Of(type, KindOf(type, value));
        var (name, own) = fields.FirstOrDefault(field => field.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : (name, own);
    }

    /// <summary>What a value holds, for instance "has alpha, temperature".</summary>
    public static string Contents(Type type, JsonNode? value)
    {
        if (IsObject(type)) return $"has {Names(type, KindOf(type, value))}";
        return Json.Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable
            ? $"is a list of {(value as JsonArray)?.Count ?? 0}, counted from 0" : $"is {Describe(type)}";
    }

    /// <summary>What a value of the type looks like, for instance "a whole number".</summary>
    internal static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(string)) return "a text";
        if (type.IsPrimitive) return type == typeof(double) || type == typeof(float) ? "a number" : "a whole number";
        return Json.Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object";
    }

    internal static bool IsObject(Type type) =>
        NamedTypes.Of(type) is not null || Json.Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object;

    /// <summary>The names of an object's fields.</summary>
    internal static string Names(Type type, string? kind) => string.Join(", ", Of(type, kind).Select(field => field.Name));

    private static string? KindOf(Type type, JsonNode? value) =>
        NamedTypes.Of(type) is { } named ? (value as JsonObject)?[named.Field]?.ToString() : null;

    /// <summary>The fields of an object; of one of several records those of its kind, and of all where it does not say.</summary>
    private static IEnumerable<(string Name, Type Type)> Of(Type type, string? kind)
    {
        if (NamedTypes.Of(type) is not { } named)
        {
            return Json.Recipe.GetTypeInfo(type).Properties
                .Where(property => property.Set is not null || property.AssociatedParameter is not null)
                .Select(property => (property.Name, property.PropertyType));
        }
        var records = named.All.Where(record => kind is null || record.Name == kind);
        return records.SelectMany(record => Of(record.Type, kind)).Prepend((named.Field, typeof(string))).DistinctBy(field => field.Item1);
    }
}
