namespace DistillKit.Runs.Experiments;

/// <summary>A value of the grid, as JSON, and its place in the profile.</summary>
public sealed record GridValue(string Path, string Value);

/// <summary>A recipe with one value for each path of the grid.</summary>
/// <param name="Grid">In the order of the grid; none for the baseline, and without a grid.</param>
/// <param name="Name">The name that the runs of all seeds share, for instance <c>kd-temperature4</c>.</param>
/// <param name="Profile">The profile with all changes.</param>
public sealed record Variant(string Recipe, IReadOnlyList<GridValue> Grid, string Name, Profile Profile);

/// <summary>One training of the student.</summary>
/// <param name="Id">The name of its folder, for instance <c>kd-temperature4-s1</c>.</param>
/// <param name="Variant">What is trained.</param>
/// <param name="Seed">The student's start, and the order of its images: the same for all variants.</param>
/// <param name="Fingerprint">Changes with all that the result depends on.</param>
internal sealed record PlannedRun(string Id, Variant Variant, ulong Seed, string Fingerprint);

/// <summary>Recipes x grid x seeds: the runs that a declarative file asks for, each checked to the last field before any is started. The
/// baseline is not crossed with the grid: it is what everything is compared with, and has nothing to vary (without a teacher there is no
/// temperature).</summary>
public sealed class Experiment
{
    private readonly string source;

    private Experiment(ExperimentFile file, string source, Profile profile)
    {
        (File, this.source) = (file, source);
        ProfileName = file.Profile is null ? profile.Name : Path.GetFileNameWithoutExtension(file.Profile);
        var original = JsonNode.Parse(profile.ToJson())!.AsObject();
        Require("set", () =>
        {
            foreach (var (path, value) in file.Set) ProfilePath.Set(original, path, value);
        });
        Variants = [.. file.Recipes.Keys.SelectMany(recipe => Points(recipe).Select(point => VariantOf(original, recipe, point)))];
        RequireEqualBudgets();
        Runs = [.. file.Seeds.SelectMany(seed => Variants.Select(variant => new PlannedRun(
            FormattableString.Invariant($"{variant.Name}-s{seed}"), variant, seed, FingerprintOf(variant.Profile, seed))))];
        if (Runs.GroupBy(run => run.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Mistake($"two runs would be called {twice.Key}: rename a recipe");
    }

    /// <summary>Its name, and that of the folder of its results.</summary>
    public string Name => File.Name;

    /// <summary>The recipes with the points of the grid, in order.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>The names of its runs, each of which is a stage.</summary>
    public IEnumerable<string> RunNames => Runs.Select(run => run.Id);

    internal ExperimentFile File { get; }

    internal string ProfileName { get; }

    /// <summary>All runs, seed by seed, so that an experiment that is stopped early has whole pairs.</summary>
    internal IReadOnlyList<PlannedRun> Runs { get; }

    /// <summary>Loads an experiment from a file; a profile that it names by a relative path is looked for beside it.</summary>
    /// <exception cref="UserException">It is not valid; the message is one line that names the key.</exception>
    public static Experiment Load(string path)
    {
        try
        {
            var file = ExperimentFile.Parse(System.IO.File.ReadAllText(path), path);
            var name = file.Profile ?? throw new UserException($"The experiment {path}: it names no profile.");
            var place = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
            return new(file, path, Profile.Load(Profile.BuiltIn.Contains(name) ? name : place));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The experiment {path} cannot be read: {error.Message}", error);
        }
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
    private IEnumerable<GridValue[]> Points(string recipe)
    {
        IEnumerable<GridValue[]> points = [[]];
        if (recipe == File.Baseline) return points;
        return File.Grid.Aggregate(points, (points, axis) => points.SelectMany(point => axis.Value.Select(
            value => (GridValue[])[.. point, new(axis.Key, ExperimentFile.Text(value))])));
    }

    private Variant VariantOf(JsonObject original, string recipe, GridValue[] grid)
    {
        var values = string.Join(", ", grid.Select(value => $"{value.Path} {value.Value}"));
        var changed = original.DeepClone().AsObject();
        Profile? profile = null;
        var where = $"recipe {recipe}{(grid.Length == 0 ? "" : $" with {values}")}";
        Require(where, () => Change(changed, recipe, grid));
        // A mistake that is there without the recipe is not the recipe's.
        if (MistakeOf(() => profile = Profile.Read(changed.ToJsonString())) is { } mistake)
            throw Mistake($"{(mistake == MistakeOf(() => Profile.Read(original.ToJsonString())) ? "set" : where)}: {mistake}");
        return new(recipe, grid, NameOf(recipe, grid), profile!);
    }

    private void Change(JsonObject profile, string recipe, GridValue[] grid)
    {
        string[] own = [.. File.Recipes[recipe].Select(change => ProfilePath.Set(profile, change.Key, change.Value))];
        string[] varied = [.. grid.Select(value => ProfilePath.Set(profile, value.Path, JsonNode.Parse(value.Value)))];
        if (own.Concat(varied).Contains("seed")) throw new UserException("'seed' is not a recipe's to change: list seeds in 'seeds'.");
        if (own.FirstOrDefault(path => varied.Any(place => $"{path}.".StartsWith($"{place}.", StringComparison.Ordinal))) is { } twice)
            throw new UserException($"it sets '{twice}', which the grid varies: leave it out of one of the two.");
    }

    private string NameOf(string recipe, GridValue[] grid) =>
        string.Concat(grid.Select(value => $"-{ShortNameOf(value.Path)}{LabelOf(value)}").Prepend(recipe));

    /// <summary>The last part of a path of the grid; all of it where two end alike.</summary>
    private string ShortNameOf(string path)
    {
        static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];
        return File.Grid.Keys.Count(other => LastOf(other) == LastOf(path)) == 1 ? LastOf(path) : path;
    }

    /// <summary>A value that can be a part of a folder's name; what cannot goes by its number in the list.</summary>
    private string LabelOf(GridValue value)
    {
        var text = value.Value.Trim('"');
        var isWord = text.Length is > 0 and <= 20 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '+');
        var index = File.Grid[value.Path].TakeWhile(other => ExperimentFile.Text(other) != value.Value).Count();
        return isWord && text != "null" ? text : FormattableString.Invariant($"_{index + 1}");
    }

    private void RequireEqualBudgets()
    {
        if (File.Budget == BudgetRule.Free) return;
        var first = Variants.FirstOrDefault(variant => variant.Recipe == File.Baseline) ?? Variants[0];
        foreach (var variant in Variants)
        {
            string[] differences = [.. Budget.Differences(first.Profile, variant.Profile)];
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
        return StageStore.Fingerprint(json.ToJsonString(), seed, File.Metric.ToString());
    }

    private void Require(string where, Action valid)
    {
        if (MistakeOf(valid) is { } mistake) throw Mistake($"{where}: {mistake}");
    }

    private static string? MistakeOf(Action valid)
    {
        try
        {
            valid();
            return null;
        }
        catch (Exception error) when (error is UserException or InvalidDataException)
        {
            return error.Message.TrimEnd('.');
        }
    }

    private UserException Mistake(string what) => new($"The experiment {source}: {what}.");
}
