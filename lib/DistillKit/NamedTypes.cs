namespace DistillKit;

/// <summary>The records of an open family by the names that they have in JSON, in a field such as "kind".</summary>
/// <param name="known">The records of the library; a program may add its own.</param>
public sealed class NamedTypes(string field, params (string Name, Type Type)[] known)
{
    private readonly int own = known.Length;
    private (string Name, Type Type)[] all = known;

    /// <summary>The field that holds the name.</summary>
    public string Field { get; } = field;

    /// <summary>The records that can be read and written now.</summary>
    public IReadOnlyList<(string Name, Type Type)> All => all;

    /// <summary>The records of a family, by its base type; null for a type that is no family.</summary>
    public static NamedTypes? Of(Type family) => (JsonSerializerOptions.Web.GetConverter(family) as INamedTypeConverter)?.Types;

    /// <summary>Adds a record, or replaces one that was added under that name before.</summary>
    /// <exception cref="ArgumentException">The name is empty, or one of the library's.</exception>
    internal void Add(string name, Type type)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (all[..own].Any(entry => entry.Name == name))
            throw new ArgumentException($"The {Field} '{name}' is the library's own: choose another name.", nameof(name));
        all = [.. all[..own], .. all[own..].Where(entry => entry.Name != name && entry.Type != type), (name, type)];
    }

    /// <exception cref="UserException">The record has no name.</exception>
    internal string NameOf(Type type) => all.FirstOrDefault(entry => entry.Type == type).Name ?? throw new UserException(
        $"{type.Name} has no {Field} to be written with: give it one, once, with {type.BaseType?.Name}.Register<{type.Name}>(\"a name\").");

    internal Type? TypeOf(string? name) => all.FirstOrDefault(entry => entry.Name == name).Type;

    /// <summary>What to say of a name that no record has.</summary>
    internal string Refusal(string? name) =>
        $"must have a '{Field}', one of {string.Join(", ", all.Select(entry => entry.Name))}{(name is null ? "" : $", not '{name}'")}";
}

/// <summary>What reads and writes a family of records.</summary>
internal interface INamedTypeConverter
{
    public NamedTypes Types { get; }
}

/// <summary>Reads and writes a family of records; each of them writes its name by a property of its own.</summary>
internal abstract class NamedTypeConverter<T>(NamedTypes types) : JsonConverter<T>, INamedTypeConverter where T : class
{
    public NamedTypes Types { get; } = types;

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var name = document.RootElement.TryGetProperty(Types.Field, out var value) ? value.ToString() : null;
        return (T?)document.Deserialize(Types.TypeOf(name) ?? throw new JsonException(Types.Refusal(name)), options);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
