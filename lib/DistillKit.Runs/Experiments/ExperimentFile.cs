namespace DistillKit.Runs.Experiments;

/// <summary>What an experiment measures.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Metric>))]
public enum Metric
{
    /// <summary>Accuracy on the validation images, which also chose the epoch: for finding recipes.</summary>
    Validation,

    /// <summary>Accuracy on the test images, read once at the end of each run: for a claim.</summary>
    Test,
}

/// <summary>Whether recipes may differ in what the student's training costs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetRule>))]
public enum BudgetRule
{
    /// <summary>The same images, phases, batch size and network for all.</summary>
    Equal,

    /// <summary>They may differ; the table then shows each recipe's share of the baseline's image pixels.</summary>
    Free,
}

/// <summary>An experiment as a person writes it: recipes x grid x seeds, as changes to one profile.</summary>
/// <param name="Recipes">Each recipe's changes, values by their path in the profile.</param>
/// <param name="Profile">A built-in profile, or a file relative to the experiment's; null where the caller gives the profile.</param>
/// <param name="Baseline">The recipe that the others are compared with; null for a table without verdicts.</param>
/// <param name="Margin">The smallest gain that matters, in points.</param>
internal sealed record ExperimentFile(
    string Name, IReadOnlyList<ulong> Seeds, OrderedDictionary<string, OrderedDictionary<string, JsonNode?>> Recipes,
    string Description = "", string? Profile = null, string? Baseline = null, Metric Metric = Metric.Validation, double Margin = 0.2,
    BudgetRule Budget = BudgetRule.Equal)
{
    private const int MostVariants = 1000;
    private const int MostRuns = 10_000;

    /// <summary>Changes for all runs.</summary>
    public OrderedDictionary<string, JsonNode?> Set { get; init; } = [];

    /// <summary>Values to try, by path: every recipe but the baseline with every combination.</summary>
    public OrderedDictionary<string, IReadOnlyList<JsonNode?>> Grid { get; init; } = [];

    public static ExperimentFile Parse(string json, string source)
    {
        try
        {
            var file = Json.Read<ExperimentFile>(json);
            file.Validate(source);
            return file;
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"The experiment {source} cannot be read: {error.Message}.", error);
        }
    }

    public static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";

    private void Validate(string source)
    {
        void Require(bool valid, string rule)
        {
            if (!valid) throw new UserException($"The experiment {source}: {rule}.");
        }
        Require(IsName(Name), $"name '{Name}' must be letters, digits, '.', '_' and '-', because it names a folder");
        Require(Seeds.Count > 0, "seeds must list at least one seed");
        var twice = Seeds.GroupBy(seed => seed).FirstOrDefault(same => same.Count() > 1)?.Key;
        Require(twice is null, $"seeds must differ, but {twice} is there twice");
        Require(Recipes.Count > 0, "recipes must hold at least one recipe");
        foreach (var (name, recipe) in Recipes)
        {
            Require(IsName(name), $"the recipe '{name}' must be named with letters, digits, '.', '_' and '-', because it names a folder");
            Require(recipe is not null, $"the recipe {name} must be an object of changes; {{}} for none");
        }
        if (Baseline is not null)
        {
            Require(Recipes.ContainsKey(Baseline), $"baseline '{Baseline}' is not one of the recipes: {string.Join(", ", Recipes.Keys)}");
            Require(Seeds.Count >= 2, "seeds must be 2 or more, because a verdict needs a spread; without a baseline there is none");
        }
        Require(Margin is > 0 and <= 100, FormattableString.Invariant($"margin must be above 0 and at most 100 points, but is {Margin}"));
        foreach (var (path, values) in Grid)
        {
            Require(values is { Count: > 0 }, $"the grid has no values for '{path}'; leave it out, or list some");
            Require(values.Select(Text).Distinct().Count() == values.Count, $"the grid lists a value of '{path}' twice");
        }
        var variants = Grid.Values.Aggregate((double)Recipes.Count, (count, values) => count * values.Count);
        Require(variants <= MostVariants && variants * Seeds.Count <= MostRuns, FormattableString.Invariant(
            $"recipes, grid and seeds make {variants * Seeds.Count} runs of {variants} kinds: {MostRuns} of {MostVariants} are the most"));
    }

    private static bool IsName(string name) =>
        name.Length > 0 && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}
