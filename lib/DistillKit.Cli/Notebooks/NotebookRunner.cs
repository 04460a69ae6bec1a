namespace DistillKit.Cli.Notebooks;

internal static class NotebookRunner
{
    private const string Extension = ".ipynb";
    private const string Prefix = "DISTILLKIT_";
    private const string ProfileVariable = Prefix + "PROFILE";

    internal static IReadOnlyList<string> Find(IReadOnlyList<string> files)
    {
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing) throw new UserException($"There is no notebook {missing}.");
        if (files.Count > 0) return [.. files.Select(Path.GetFullPath).Distinct()];
        var folder = Path.Combine(Checkout.Root, "notebooks");
        var all = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal).ToArray() : [];
        return all.Length > 0 ? all : throw new UserException($"There are no notebooks in {folder}.");
    }

    /// <summary>The name of a profile, and what a process in another folder finds it by.</summary>
    /// <exception cref="UserException">There is no such profile; this is said before the first notebook starts.</exception>
    internal static (string Name, string Found) FindProfile(string chosen) =>
        (Profile.Load(chosen).Name, File.Exists(chosen) ? Path.GetFullPath(chosen) : chosen);

    /// <summary>What the notebooks read from their environment; any other kernel can be started with the same variables.</summary>
    internal static IReadOnlyDictionary<string, string> Settings(IEnumerable<string> pairs, string profile, string? data, string? artifacts)
    {
        var variables = new Dictionary<string, string> { [ProfileVariable] = profile };
        if (data is not null) variables[Prefix + "DATA"] = Path.GetFullPath(data);
        if (artifacts is not null) variables[Prefix + "ARTIFACTS"] = Path.GetFullPath(artifacts);
        foreach (var pair in pairs)
        {
            if (pair.IndexOf('=') is not (> 0 and var split)) throw new UserException($"--set {pair}: it has to be name=value.");
            var letters = pair[..split].Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_');
            variables[Prefix + string.Concat(letters)] = pair[(split + 1)..];
        }
        return variables;
    }

    /// <summary>Executes notebooks one after the other, until one fails. Without a folder results go to their own places.</summary>
    internal static async Task<int> RunAsync(
        IReadOnlyList<string> notebooks, string? folder, IReadOnlyDictionary<string, string> settings, TimeSpan limit,
        CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var names = notebooks.GroupBy(path => Path.GetFileName(path)!, StringComparer.OrdinalIgnoreCase);
        if (folder is not null && names.FirstOrDefault(name => name.Count() > 1) is { } twice)
            throw new UserException($"Two notebooks have the name {twice.Key}: run them one by one, or with --write.");
        string ResultOf(string path) => folder is null ? path : Path.GetFullPath(Path.Combine(folder, Path.GetFileName(path)));
        if (folder is not null) foreach (var path in notebooks) Outputs.Protect(ResultOf(path), notebooks);
        foreach (var path in notebooks)
        {
            var result = ResultOf(path);
            Console.WriteLine($"== {Name(path)}");
            var begun = Stopwatch.GetTimestamp();
            var notebook = NotebookFile.Load(path);
            var run = new NotebookRun(notebook, Path.GetDirectoryName(path)!, () => notebook.Save(result));
            var error = await run.ExecuteAsync(settings, limit, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (error is not null) throw new UserException($"{error}; what ran is in {Name(result)}");
            notebook.MarkExecuted(settings[ProfileVariable]);
            notebook.Save(result);
            var cells = Terminal.Count(notebook.CodeCells.Count(), "cell");
            Console.WriteLine($"{Path.GetFileName(path)}: {cells} in {Seconds(begun)}");
        }
        var place = Name(folder ?? Path.GetDirectoryName(notebooks[0])!);
        Console.WriteLine($"{Terminal.Count(notebooks.Count, "notebook")} in {Seconds(start)}, in {place}");
        return 0;
    }

    internal static int Check(IReadOnlyList<string> notebooks)
    {
        string[] reasons = [.. notebooks.Select(Staleness).OfType<string>()];
        foreach (var reason in reasons) Console.Error.WriteLine($"distillkit: {reason}");
        var all = $"{Terminal.Count(notebooks.Count, "notebook")} {(notebooks.Count == 1 ? "has" : "have")}";
        Console.WriteLine($"{notebooks.Count - reasons.Length} of {all} the outputs of their code");
        return reasons.Length == 0 ? 0 : 1;
    }

    private static string? Staleness(string path)
    {
        try
        {
            return NotebookFile.Load(path).FindStaleness() is { } reason
                ? $"{Name(path)}: {reason}; `./distillkit notebooks run {Name(path)} --write` executes it"
                : null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }

    private static string Seconds(long start) => $"{Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s";

    private static string Name(string path) => Path.GetRelativePath(".", path);
}
