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
    public static JsonSerializerOptions IndentedResult { get; } =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, AllowDuplicateProperties = false };

    /// <summary>Reads what a person wrote. Comments and trailing commas are allowed; a key that is unknown, missing or given twice is
    /// refused, as is a value of another type.</summary>
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
        var info = Recipe.GetTypeInfo(type);
        // What a JsonNode holds is the file's to say.
        var isOpen = type == typeof(JsonNode);
        var element = isOpen ? type : info.ElementType!;
        if (JsonFields.IsObject(type) && value.ValueKind == JsonValueKind.Object) CheckFields(type, value, path);
        else if (value.ValueKind == JsonValueKind.Object && (isOpen || info.Kind == JsonTypeInfoKind.Dictionary))
        {
            var given = new HashSet<string>();
            foreach (var item in value.EnumerateObject())
            {
                if (!given.Add(item.Name)) throw Twice(item.Name, path);
                CheckItem(element, item.Value, Place(path, item.Name));
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && (isOpen || info.Kind == JsonTypeInfoKind.Enumerable))
        {
            foreach (var (index, item) in value.EnumerateArray().Index()) CheckItem(element, item, $"{path}[{index}]");
        }
        else if (!IsLeaf(type, value)) throw Wrong(type, path);
    }

    private static bool IsLeaf(Type type, JsonElement value)
    {
        if (type.IsEnum) return Enum.GetNames(type).Contains(value.ToString(), StringComparer.OrdinalIgnoreCase);
        try
        {
            return Recipe.GetTypeInfo(type).Kind == JsonTypeInfoKind.None && !JsonFields.IsObject(type)
                && value.Deserialize(type, Recipe) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void CheckItem(Type type, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Null || type.IsValueType) Check(type, value, path);
    }

    private static void CheckFields(Type type, JsonElement value, string path)
    {
        var (record, kind) = (type, (string?)null);
        if (NamedTypes.Of(type) is { } family)
        {
            kind = value.TryGetProperty(family.Field, out var name) ? name.ToString() : null;
            record = family.TypeOf(kind) ?? throw new InvalidDataException($"{Subject(path)} {family.Refusal(kind)}");
        }
        var fields = Recipe.GetTypeInfo(record).Properties;
        var given = new HashSet<string>();
        foreach (var item in value.EnumerateObject())
        {
            var field = fields.FirstOrDefault(field => field.Name.Equals(item.Name, StringComparison.OrdinalIgnoreCase));
            if (field is null)
                throw new InvalidDataException($"'{item.Name}' is not known: {Subject(path)} has {JsonFields.Names(type, kind)}");
            if (!given.Add(field.Name)) throw Twice(item.Name, path);
            var own = field.PropertyType;
            var mayBeNull = own.IsValueType ? Nullable.GetUnderlyingType(own) is not null : field.IsSetNullable;
            if (!mayBeNull || item.Value.ValueKind != JsonValueKind.Null) Check(own, item.Value, Place(path, field.Name));
        }
        string[] missing = [.. fields.Where(IsRequired).Select(field => field.Name).Where(field => !given.Contains(field))];
        if (missing.Length > 0) throw new InvalidDataException($"{Subject(path)} needs {string.Join(", ", missing)}");
    }

    private static bool IsRequired(JsonPropertyInfo field) =>
        field.IsRequired || field.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    private static string Place(string path, string key) => path == "" ? key : $"{path}.{key}";

    private static string Subject(string path) => path == "" ? "it" : path;

    private static InvalidDataException Wrong(Type type, string path) =>
        new(path == "" ? "it must be a JSON object" : $"'{path}' must be {JsonFields.Describe(type)}");

    private static InvalidDataException Twice(string key, string path) => new($"{Subject(path)} has '{key}' twice");
}
