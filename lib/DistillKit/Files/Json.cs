using System.Text.Json.Serialization.Metadata;

namespace DistillKit.Files;

/// <summary>How JSON is read and written, the same everywhere.</summary>
public static class Json
{
    /// <summary>Recipes, on one line: camelCase, and nothing that is not given.</summary>
    public static JsonSerializerOptions Recipe { get; } = RecipeOptions(isIndented: false);

    /// <summary>Recipes, on lines for people.</summary>
    public static JsonSerializerOptions IndentedRecipe { get; } = RecipeOptions(isIndented: true);

    /// <summary>Results, on lines for people: camelCase, and null for what is not known.</summary>
    public static JsonSerializerOptions IndentedResult { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Reads what a person wrote. Comments and trailing commas are allowed; a key that is unknown, missing or given twice is refused, as is
    /// a value of another type.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not valid; the message says where and why, on one line without a full stop.</exception>
    public static T Read<T>(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            Check(typeof(T), document.RootElement, "");
            return document.RootElement.Deserialize<T>(Recipe)!;
        }
        catch (JsonException error)
        {
            // With a path it comes from a type that reads itself.
            var message = error.Path is { } path ? $"{path.TrimStart('$', '.')} is not valid"
                : $"it is not JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}";
            throw new InvalidDataException(message, error);
        }
    }

    private static JsonSerializerOptions RecipeOptions(bool isIndented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            AllowOutOfOrderMetadataProperties = true,
            AllowDuplicateProperties = false,
            AllowTrailingCommas = true,
            ReadCommentHandling = JsonCommentHandling.Skip,
            NumberHandling = JsonNumberHandling.Strict,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            WriteIndented = isIndented,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static void Check(Type type, JsonElement value, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var kind = type == typeof(JsonNode) ? KindOf(value)
            : NamedTypes.Of(type) is null ? Recipe.GetTypeInfo(type).Kind : JsonTypeInfoKind.Object;
        if (kind is JsonTypeInfoKind.None) CheckLeaf(type, value, path);
        else if (kind != KindOf(value) && (kind, KindOf(value)) is not (JsonTypeInfoKind.Object, JsonTypeInfoKind.Dictionary))
            throw Wrong(type, path);
        else if (kind is JsonTypeInfoKind.Object) CheckFields(type, value, path);
        else
        {
            var element = type == typeof(JsonNode) ? type : Recipe.GetTypeInfo(type).ElementType!;
            foreach (var (place, item) in Items(value, path)) CheckItem(element, item, place);
        }
    }

    /// <summary>What a value is, where its type leaves that open.</summary>
    private static JsonTypeInfoKind KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonTypeInfoKind.Dictionary,
        JsonValueKind.Array => JsonTypeInfoKind.Enumerable,
        _ => JsonTypeInfoKind.None,
    };

    private static void CheckLeaf(Type type, JsonElement value, string path)
    {
        if (type.IsEnum && value.ValueKind == JsonValueKind.Number) throw Wrong(type, path);
        try
        {
            value.Deserialize(type, Recipe);
        }
        catch (JsonException)
        {
            throw Wrong(type, path);
        }
    }

    private static void CheckFields(Type type, JsonElement value, string path)
    {
        var family = NamedTypes.Of(type);
        var info = Recipe.GetTypeInfo(family is null ? type : RecordOf(family, value, path));
        var given = new HashSet<string>();
        foreach (var (key, item) in value.EnumerateObject())
        {
            var field = info.Properties.FirstOrDefault(field => field.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (!given.Add(field?.Name ?? key)) throw Twice(key, path);
            if (field is not null) CheckField(field, item, path == "" ? field.Name : $"{path}.{field.Name}");
            else if (info.UnmappedMemberHandling is JsonUnmappedMemberHandling.Disallow)
            {
                var known = JsonFields.Contents(type, JsonNode.Parse(value.GetRawText()));
                throw new InvalidDataException($"'{key}' is not known: {Subject(path)} {known}");
            }
        }
        var missing = info.Properties.Where(field => IsRequired(field) && !given.Contains(field.Name));
        if (missing.Select(field => field.Name).ToList() is { Count: > 0 } names)
            throw new InvalidDataException($"{Subject(path)} needs {string.Join(", ", names)}");
    }

    private static Type RecordOf(NamedTypes family, JsonElement value, string path)
    {
        try
        {
            return family.TypeOf(value.TryGetProperty(family.Field, out var name) ? name.ToString() : null);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{Subject(path)} {error.Message}", error);
        }
    }

    private static void CheckField(JsonPropertyInfo field, JsonElement value, string path)
    {
        var isNullable = field.PropertyType.IsValueType ? Nullable.GetUnderlyingType(field.PropertyType) is not null : field.IsSetNullable;
        if (value.ValueKind != JsonValueKind.Null) Check(field.PropertyType, value, path);
        else if (!isNullable) throw Wrong(field.PropertyType, path);
    }

    private static void CheckItem(Type type, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Null || type.IsValueType) Check(type, value, path);
    }

    private static IEnumerable<(string Place, JsonElement Item)> Items(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in value.EnumerateArray().Index()) yield return ($"{path}[{index}]", item);
            yield break;
        }
        var given = new HashSet<string>();
        foreach (var (key, item) in value.EnumerateObject())
        {
            if (!given.Add(key)) throw Twice(key, path);
            yield return (path == "" ? key : $"{path}.{key}", item);
        }
    }

    private static bool IsRequired(JsonPropertyInfo field) =>
        field.IsRequired || field.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static string Subject(string path) => path == "" ? "it" : path;

    private static InvalidDataException Wrong(Type type, string path) =>
        new(path == "" ? "it must be a JSON object" : $"'{path}' must be {JsonFields.Describe(type)}");

    private static InvalidDataException Twice(string key, string path) => new($"{Subject(path)} has '{key}' twice");

    private static void Deconstruct(this JsonProperty property, out string key, out JsonElement value) =>
        (key, value) = (property.Name, property.Value);
}
