namespace DistillKit.Runs.Experiments;

/// <summary>What the training of a student costs: a comparison of recipes means something at equal cost.</summary>
internal static class Budget
{
    /// <summary>What decides the cost, by its place in a profile.</summary>
    private static readonly string[] Parts =
        ["data", "student.model", "student.training.phases", "student.training.batchSize", "student.training.patience"];

    public static IEnumerable<string> Differences(Profile expected, Profile actual)
    {
        var (one, other) = (JsonNode.Parse(expected.ToJson()), JsonNode.Parse(actual.ToJson()));
        return Parts.SelectMany(part => Differences(part, At(one, part), At(other, part)));
    }

    public static double Pixels(TrainingRecipe recipe, TrainingResult result, int imageSize)
    {
        var imagesPerEpoch = (double)result.Steps / result.Epochs * recipe.BatchSize;
        return imagesPerEpoch * recipe.PixelsShown(result.Epochs, imageSize);
    }

    private static IEnumerable<string> Differences(string path, JsonNode? expected, JsonNode? actual)
    {
        if (JsonNode.DeepEquals(expected, actual)) return [];
        if (expected is not JsonObject one || actual is not JsonObject other)
            return [$"{path} is {ExperimentFile.Text(actual)} rather than {ExperimentFile.Text(expected)}"];
        var fields = one.Select(field => field.Key).Union(other.Select(field => field.Key));
        return fields.SelectMany(name => Differences($"{path}.{name}", one[name], other[name]));
    }

    private static JsonNode? At(JsonNode? root, string path) => path.Split('.').Aggregate(root, (node, part) => node?[part]);
}
