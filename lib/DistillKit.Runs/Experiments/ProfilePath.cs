namespace DistillKit.Runs.Experiments;

/// <summary>Places in a profile's JSON, such as <c>distillation.temperature</c> or <c>student.training.phases.0.epochs</c>.</summary>
internal static class ProfilePath
{
    /// <summary>Puts a value in its place; optional parts on the way there are made.</summary>
    /// <returns>The place with the names as the profile writes them.</returns>
    public static string Set(JsonObject profile, string path, JsonNode? value)
    {
        JsonNode parent = profile;
        var (type, place) = (typeof(Profile), "");
        string[] parts = path.Split('.');
        foreach (var (index, part) in parts.Index())
        {
            if (JsonFields.Step(type, parent, part) is not var (key, next))
                throw new UserException(
                    $"'{path}' is not in a profile: {(place == "" ? "it" : place)} {JsonFields.Contents(type, parent)}.");
            place = place == "" ? $"{key}" : $"{place}.{key}";
            if (index == parts.Length - 1) Put(parent, key, value?.DeepClone());
            else parent = Get(parent, key) ?? Put(parent, key, new JsonObject())!;
            type = next;
        }
        return place;
    }

    private static JsonNode? Get(JsonNode parent, object key) => key is int index ? parent[index] : parent[(string)key];

    private static JsonNode? Put(JsonNode parent, object key, JsonNode? value) =>
        key is int index ? parent[index] = value : parent[(string)key] = value;
}
