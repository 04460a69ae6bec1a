using System.Text.Json.Nodes;
using DistillKit.Runs.Profiles;

namespace DistillKit.Runs.Experiments;

/// <summary>Places in a profile's JSON, such as <c>distillation.temperature</c> or <c>student.training.phases.0.epochs</c>.</summary>
internal static class ProfilePath
{
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
            var (key, next) = JsonFields.Step(type, parent, part) ?? throw new UserException($"'{path}' is not in a profile: {(known == "" ? "it" : known)} {JsonFields.Contents(type, parent)}.");
            known = known == "" ? $"{key}" : $"{known}.{key}";
            if (index == parts.Length - 1) Put(parent, key, value?.DeepClone());
            else parent = JsonFields.Get(parent, key) ?? Put(parent, key, new JsonObject())!;
            type = next;
        }
        return known;
    }

    private static JsonNode? Put(JsonNode parent, object key, JsonNode? value) => key is int index ? parent[index] = value : parent[(string)key] = value;
}
