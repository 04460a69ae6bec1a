using DistillKit.Runs.Profiles;
using DistillKit.Runs.Stages;

namespace DistillKit.Runs.Experiments;

/// <summary>A value of the grid.</summary>
/// <param name="Path">Its place in the profile.</param>
/// <param name="Value">The value as JSON.</param>
public sealed record GridValue(string Path, string Value);

/// <summary>A recipe with one value for each path of the grid.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Grid">In the order of the grid; none for the baseline, and without a grid.</param>
/// <param name="Name">The name that the runs of all seeds share, for instance <c>kd-temperature4</c>.</param>
/// <param name="Profile">The profile with all changes.</param>
public sealed record Variant(string Recipe, IReadOnlyList<GridValue> Grid, string Name, Profile Profile);

/// <summary>One training of the student.</summary>
/// <param name="Id">The name of its folder, for instance <c>kd-temperature4-s1</c>.</param>
/// <param name="Variant">What is trained.</param>
/// <param name="Seed">The student's start, and the order of its images: the same for all variants.</param>
/// <param name="Fingerprint">Changes with all that the result depends on.</param>
public sealed record PlannedRun(string Id, Variant Variant, ulong Seed, string Fingerprint);

/// <summary>
/// Recipes x grid x seeds: the runs that a declarative file asks for, each checked to the last field before any is started. The baseline is
/// not crossed with the grid: it is what everything is compared with, and has nothing to vary (without a teacher there is no temperature).
/// </summary>
public sealed class Experiment
{
    private readonly ExperimentFile file;
    private readonly string source;

    private Experiment(ExperimentFile file, string source, Profile profile)
    {
        (this.file, this.source) = (file, source);
        ProfileName = file.Profile is null ? profile.Name : Path.GetFileNameWithoutExtension(file.Profile);
        var original = WithSet(JsonNode.Parse(profile.ToJson())!.AsObject());
        Variants = [.. file.Recipes.SelectMany(recipe => Points(recipe.Key).Select(point => VariantOf(original, recipe.Key, point)))];
        RequireEqualBudgets();
        Runs = [.. file.Seeds.SelectMany(seed => Variants.Select(variant => new PlannedRun(
            FormattableString.Invariant($"{variant.Name}-s{seed}"), variant, seed, FingerprintOf(variant.Profile, seed))))];
        if (Runs.GroupBy(run => run.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Mistake($"two runs would be called {twice.Key}: rename a recipe");
    }

    /// <summary>Its name, and that of the folder of its results.</summary>
    public string Name => file.Name;

    /// <summary>What it is for, in a line.</summary>
    public string Description => file.Description;

    /// <summary>The profile that the recipes change.</summary>
    public string ProfileName { get; }

    /// <summary>The seeds, in order.</summary>
    public IReadOnlyList<ulong> Seeds => file.Seeds;

    /// <summary>The recipe that the others are compared with; null when none is.</summary>
    public string? Baseline => file.Baseline;

    /// <summary>What is measured.</summary>
    public Metric Metric => file.Metric;

    /// <summary>The smallest gain that matters, in points.</summary>
    public double Margin => file.Margin;

    /// <summary>Whether recipes may differ in what the student's training costs.</summary>
    public BudgetRule Budget => file.Budget;

    /// <summary>The recipes with the points of the grid, in order.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>All runs, seed by seed, so that an experiment that is stopped early has whole pairs.</summary>
    public IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>Loads an experiment from a file.</summary>
    /// <exception cref="UserException">It is not valid; the message is one line that names the key.</exception>
    public static Experiment Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The experiment {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads an experiment from JSON.</summary>
    /// <param name="json">The text; comments are allowed.</param>
    /// <param name="source">What to call it in an error.</param>
    /// <param name="folder">Where a profile that is named by a relative path is looked for.</param>
    /// <exception cref="UserException">It is not valid; the message is one line that names the key.</exception>
    public static Experiment Parse(string json, string source, string folder)
    {
        var file = ExperimentFile.Parse(json, source);
        var name = file.Profile ?? throw new UserException($"The experiment {source}: it names no profile.");
        return new(file, source, Profile.Load(Profile.BuiltIn.Contains(name) ? name : Path.Combine(folder, name)));
    }

    /// <summary>Reads an experiment on a profile from JSON.</summary>
    /// <param name="json">The text; comments are allowed, and <c>profile</c> is left out.</param>
    /// <param name="source">What to call it in an error.</param>
    /// <param name="profile">What the recipes change.</param>
    /// <exception cref="UserException">It is not valid; the message is one line that names the key.</exception>
    public static Experiment Parse(string json, string source, Profile profile)
    {
        var file = ExperimentFile.Parse(json, source);
        if (file.Profile is not null) throw new UserException($"The experiment {source}: leave 'profile' out; it is {profile.Name} here.");
        return new(file, source, profile);
    }

    /// <summary>Every combination of the grid's values, the last path moving fastest.</summary>
    private IEnumerable<(string Path, int Index, JsonNode? Value)[]> Points(string recipe)
    {
        IEnumerable<(string, int, JsonNode?)[]> points = [[]];
        if (recipe == Baseline) return points;
        foreach (var (path, values) in file.Grid)
        {
            points = [.. points.SelectMany(point => values.Select(
                (string, int, JsonNode?)[] (value, index) => [.. point, (path, index, value)]))];
        }
        return points;
    }

    private Variant VariantOf(JsonObject original, string recipe, (string Path, int Index, JsonNode? Value)[] point)
    {
        GridValue[] grid = [.. point.Select(value => new GridValue(value.Path, ExperimentFile.Text(value.Value)))];
        var values = string.Join(", ", grid.Select(value => $"{value.Path} {value.Value}"));
        var changed = original.DeepClone().AsObject();
        var mistake = Changed(changed, recipe, point) ?? MistakeOf(changed);
        if (mistake is null) return new(recipe, grid, NameOf(recipe, point), Profile.Read(changed.ToJsonString()));
        var where = mistake == MistakeOf(original) ? "set" : $"recipe {recipe}{(grid.Length == 0 ? "" : $" with {values}")}";
        throw Mistake($"{where}: {mistake}");
    }

    /// <summary>Changes a profile by a recipe and values of the grid.</summary>
    /// <returns>What is wrong with the changes; null for nothing.</returns>
    private string? Changed(JsonObject profile, string recipe, (string Path, int Index, JsonNode? Value)[] point)
    {
        try
        {
            string[] own = [.. file.Recipes[recipe].Select(change => Change(profile, change.Key, change.Value))];
            foreach (var (path, _, value) in point)
            {
                var place = Change(profile, path, value);
                if (own.FirstOrDefault(other => $"{other}.".StartsWith($"{place}.", StringComparison.Ordinal)) is { } other)
                    return $"it sets '{other}', which the grid varies: leave it out of one of the two";
            }
            return null;
        }
        catch (UserException error)
        {
            return error.Message.TrimEnd('.');
        }
    }

    /// <summary>The profile with the changes for all runs.</summary>
    private JsonObject WithSet(JsonObject profile)
    {
        try
        {
            foreach (var (path, value) in file.Set) ProfilePath.Set(profile, path, value);
            return profile;
        }
        catch (UserException error)
        {
            throw Mistake($"set: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>What is wrong with a profile; null for nothing.</summary>
    private static string? MistakeOf(JsonObject profile)
    {
        try
        {
            Profile.Read(profile.ToJsonString());
            return null;
        }
        catch (Exception error) when (error is UserException or InvalidDataException)
        {
            return error.Message.TrimEnd('.');
        }
    }

    private static string Change(JsonObject profile, string path, JsonNode? value)
    {
        var place = ProfilePath.Set(profile, path, value);
        return place == "seed" ? throw new UserException("'seed' is not a recipe's to change: list seeds in 'seeds'.") : place;
    }

    private string NameOf(string recipe, (string Path, int Index, JsonNode? Value)[] point) =>
        string.Concat(point.Select(value => $"-{ShortNameOf(value.Path)}{Label(value.Value, value.Index)}").Prepend(recipe));

    /// <summary>The last part of a path of the grid; all of it where two end alike.</summary>
    internal string ShortNameOf(string path)
    {
        var last = LastOf(path);
        return file.Grid.Keys.Count(other => LastOf(other) == last) == 1 ? last : path;
    }

    private static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>A value that can be a part of a folder's name; what cannot goes by its number in the list.</summary>
    private static string Label(JsonNode? value, int index)
    {
        var text = value is JsonValue ? value.ToString() : "";
        var isWord = text.Length is > 0 and <= 20 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '+');
        return isWord ? text : string.Create(CultureInfo.InvariantCulture, $"_{index + 1}");
    }

    private void RequireEqualBudgets()
    {
        if (Budget == BudgetRule.Free) return;
        var first = Variants.FirstOrDefault(variant => variant.Recipe == Baseline) ?? Variants[0];
        var expected = JsonNode.Parse(first.Profile.ToJson())!.AsObject();
        foreach (var variant in Variants)
        {
            string[] differences = [.. Experiments.Budget.Differences(expected, JsonNode.Parse(variant.Profile.ToJson())!.AsObject())];
            if (differences.Length == 0) continue;
            throw Mistake($"{variant.Name} trains the student at another budget than {first.Name}: {string.Join(", ", differences)}; "
                + "give all the same, or state \"budget\": \"Free\" to compare them anyway");
        }
    }

    /// <summary>Of the profile without what comes after the student's training, or only names it.</summary>
    private string FingerprintOf(Profile profile, ulong seed)
    {
        var json = JsonNode.Parse(profile.ToJson())!.AsObject();
        foreach (var part in (string[])["name", "description", "quantization", "benchmark"]) json.Remove(part);
        if (profile.Teacher.Weights is { } weights) json["teacher"]!["weights"] = TeacherRecipe.HashOf(weights);
        return StageStore.Fingerprint(json.ToJsonString(), seed, Metric.ToString());
    }

    private UserException Mistake(string what, Exception? inner = null) => new($"The experiment {source}: {what}.", inner);
}
