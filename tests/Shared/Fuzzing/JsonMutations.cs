using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tests.Shared.Fuzzing;

/// <summary>Changes a JSON file in ways that stay JSON (but for the odd token): what a person or a program may write by mistake.</summary>
public static class JsonMutations
{
    private static readonly string[] odd =
        ["null", "true", "false", "\"\"", "\"x\\u001b[2J\\n\"", "[]", "{}", "[[]]", "{\"a\":{}}", "1e400", "NaN", "-0", "\"NaN\"", "\"7\""];

    /// <summary>Replaces, drops, renames or doubles a few values anywhere in the tree. No JSON is returned as it is.</summary>
    public static byte[] Apply(Random random, byte[] file)
    {
        var text = Encoding.UTF8.GetString(file);
        try
        {
            for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
                text = Once(random, text);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            // What the round before has made cannot be changed any more: a key given twice, half a character.
        }
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Once(Random random, string text)
    {
        var root = JsonNode.Parse(text);
        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Collect(root, places);
        if (places.Count == 0)
            return odd[random.Next(odd.Length)];
        var (parent, key, index) = places[random.Next(places.Count)];
        const string mark = "__mutated__";
        var old = (parent is JsonObject from ? from[key!] : parent[index])?.ToJsonString() ?? "null";
        switch (parent)
        {
            case JsonObject map when random.Next(4) == 0:
                map.Remove(key!);
                if (random.Next(2) == 0)
                    map[random.Next(2) == 0 ? key! + "X" : key!.ToUpperInvariant()] = JsonNode.Parse(old);
                return root!.ToJsonString();
            case JsonObject map:
                map[key!] = mark;
                // A key given twice.
                if (random.Next(6) == 0)
                    return root!.ToJsonString().Replace($"\"{mark}\"", $"{old},{JsonSerializer.Serialize(key)}:{Value(random)}");
                break;
            case JsonArray list when random.Next(4) == 0:
                list.RemoveAt(index);
                return root!.ToJsonString();
            case JsonArray list when random.Next(3) == 0:
                list.Insert(index, JsonNode.Parse(old));
                return root!.ToJsonString();
            case JsonArray list:
                list[index] = mark;
                break;
        }
        return root!.ToJsonString().Replace($"\"{mark}\"", Value(random));
    }

    private static string Value(Random random) => random.Next(3) switch
    {
        0 => OddNumbers.Integer(random).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 when OddNumbers.Real(random) is var real && double.IsFinite(real) => JsonSerializer.Serialize(real),
        _ => odd[random.Next(odd.Length)],
    };

    private static void Collect(JsonNode? node, List<(JsonNode, string?, int)> places)
    {
        if (node is JsonObject map)
            foreach (var (key, value) in map)
            {
                places.Add((map, key, 0));
                Collect(value, places);
            }
        if (node is JsonArray list)
            for (var i = 0; i < list.Count; i++)
            {
                places.Add((list, null, i));
                Collect(list[i], places);
            }
    }
}
