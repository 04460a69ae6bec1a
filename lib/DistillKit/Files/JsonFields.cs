using System.Text.Json.Serialization.Metadata;

namespace DistillKit.Files;

/// <summary>
/// What the types that read a JSON text have at a place in it: for finding that place, and for saying what there is when it is not there.
/// </summary>
public static class JsonFields
{
    /// <summary>
    /// A step from a value to a part of it: the part's name as its type writes it, or its number in a list, and its type; null where there
    /// is none.
    /// </summary>
    /// <param name="type">The value's type.</param>
    /// <param name="value">The value; says which of several records it is, and how long a list.</param>
    /// <param name="part">A name in any case, or a number.</param>
    public static (object Key, Type Type)? Step(Type type, JsonNode? value, string part)
    {
        var info = Json.Recipe.GetTypeInfo(type);
        switch (info.Kind)
        {
            case var _ when IsObject(type) && value is null or JsonObject:
                var (name, own) = Of(type, value).FirstOrDefault(field => field.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
                return name is null ? null : (name, own);
            case JsonTypeInfoKind.Dictionary when value is null or JsonObject && part != "":
                return (part, info.ElementType!);
            case JsonTypeInfoKind.Enumerable when value is JsonArray list:
                var isPlace = int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count;
                return isPlace ? (index, info.ElementType!) : null;
            default:
                return null;
        }
    }

    /// <summary>What a value holds, for instance "has alpha, temperature".</summary>
    public static string Contents(Type type, JsonNode? value)
    {
        var info = Json.Recipe.GetTypeInfo(type);
        return info.Kind switch
        {
            _ when IsObject(type) => $"has {string.Join(", ", Of(type, value).Select(field => field.Name))}",
            JsonTypeInfoKind.Enumerable => $"is a list of {(value as JsonArray)?.Count ?? 0}, counted from 0",
            _ => $"is {Describe(type)}",
        };
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

    /// <summary>
    /// The fields of an object; of one of several records those of the record that it is, and of all where it does not say.
    /// </summary>
    private static IEnumerable<(string Name, Type Type)> Of(Type type, JsonNode? value)
    {
        if (NamedTypes.Of(type) is not { } named)
        {
            return Json.Recipe.GetTypeInfo(type).Properties
                .Where(property => property.Set is not null || property.AssociatedParameter is not null)
                .Select(property => (property.Name, property.PropertyType));
        }
        var name = (value as JsonObject)?[named.Field]?.ToString();
        var records = named.All.Where(record => name is null || record.Name == name);
        return records.SelectMany(record => Of(record.Type, value)).Prepend((named.Field, typeof(string))).DistinctBy(field => field.Item1);
    }

    private static bool IsObject(Type type) =>
        NamedTypes.Of(type) is not null || Json.Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.Object;
}
