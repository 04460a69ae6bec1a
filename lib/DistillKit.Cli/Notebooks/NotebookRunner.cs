using System.Diagnostics;

namespace DistillKit.Cli.Notebooks;

/// <summary>What `distillkit notebooks run` does with its files.</summary>
internal static class NotebookRunner
{
    private const string Extension = ".ipynb";
    private const string ProfileVariable = "DISTILLKIT_PROFILE";

    /// <summary>The notebooks to work on; all of the curriculum when none is named.</summary>
    /// <exception cref="UserException">One is not there.</exception>
    internal static IReadOnlyList<string> Find(IReadOnlyList<string> files)
    {
        var folder = Path.Combine(Checkout.Root, "notebooks");
        if (files.Count == 0)
        {
            var all = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal).ToArray() : [];
            return all.Length > 0 ? all : throw new UserException($"There are no notebooks in {folder}.");
        }
        var missing = files.FirstOrDefault(file => !File.Exists(file));
        return missing is null
            ? [.. files.Select(Path.GetFullPath).Distinct()]
            : throw new UserException($"There is no notebook {missing}.");
    }

    /// <summary>What the notebooks read from their environment; any other kernel can be started with the same variables.</summary>
    /// <exception cref="UserException">A setting is not <c>name=value</c>.</exception>
    internal static IReadOnlyDictionary<string, string> Settings(IEnumerable<string> pairs, string profile, string? data, string? artifacts)
    {
        var variables = new Dictionary<string, string> { [ProfileVariable] = profile };
        if (data is not null) variables["DISTILLKIT_DATA"] = Path.GetFullPath(data);
        if (artifacts is not null) variables["DISTILLKIT_ARTIFACTS"] = Path.GetFullPath(artifacts);
        foreach (var pair in pairs)
        {
            if (pair.IndexOf('=') is not (> 0 and var split)) throw new UserException($"--set {pair}: it has to be name=value.");
            var letters = pair[..split].Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_');
            variables["DISTILLKIT_" + string.Concat(letters)] = pair[(split + 1)..];
        }
        return variables;
    }

    /// <summary>Where the executed notebooks go: by their names, or, where two have the same one, by their folders, too.</summary>
    /// <param name="notebooks">The files.</param>
    /// <param name="folder">The folder; null for each notebook's own place.</param>
    internal static IReadOnlyList<string> Results(IReadOnlyList<string> notebooks, string? folder)
    {
        if (folder is null) return notebooks;
        var target = Path.GetFullPath(folder);
        string[] names = [.. notebooks.Select(notebook => Path.GetFileName(notebook))];
        var areDifferent = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        if (areDifferent) return [.. names.Select(name => Path.Combine(target, name))];
        var common = Path.GetDirectoryName(notebooks[0])!;
        while (!notebooks.All(notebook => IsIn(common, notebook)))
            common = Path.GetDirectoryName(common)
                ?? throw new UserException("Notebooks of one name are on different drives: run them one by one.");
        return [.. notebooks.Select(notebook => Path.Combine(target, Path.GetRelativePath(common, notebook)))];
    }

    /// <summary>Executes notebooks one after the other, until one fails.</summary>
    /// <param name="notebooks">The files.</param>
    /// <param name="folder">Where the executed ones go; null for their own place.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="limit">The longest that a cell may take.</param>
    /// <param name="cancellation">Stops the running notebook.</param>
    internal static async Task<int> RunAsync(
        IReadOnlyList<string> notebooks, string? folder, IReadOnlyDictionary<string, string> settings, TimeSpan limit,
        CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var (path, result) in notebooks.Zip(Results(notebooks, folder)))
        {
            Console.WriteLine($"== {Name(path)}");
            var begun = Stopwatch.GetTimestamp();
            var notebook = NotebookFile.Load(path);
            var run = new NotebookRun(notebook, Path.GetDirectoryName(path)!, () => notebook.Save(result));
            var error = await run.ExecuteAsync(settings, limit, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (error is not null)
            {
                Console.Error.WriteLine($"distillkit: {error}; what ran is in {Name(result)}");
                return 1;
            }
            ExecutionMark.Write(notebook, settings[ProfileVariable]);
            notebook.Save(result);
            Console.WriteLine($"{Path.GetFileName(path)}: {notebook.CodeCells.Count()} cells in {Seconds(begun)}");
        }
        Console.WriteLine($"{notebooks.Count} notebooks in {Seconds(start)}, in {Name(folder ?? Path.GetDirectoryName(notebooks[0])!)}");
        return 0;
    }

    /// <summary>Checks that notebooks have the outputs of their code.</summary>
    internal static int Check(IReadOnlyList<string> notebooks)
    {
        var stale = 0;
        foreach (var path in notebooks)
        {
            if (Reason(path) is not { } reason) continue;
            Console.Error.WriteLine($"distillkit: {reason}");
            stale++;
        }
        Console.WriteLine($"{notebooks.Count - stale} of {notebooks.Count} notebooks have the outputs of their code");
        return stale == 0 ? 0 : 1;
    }

    private static string? Reason(string path)
    {
        try
        {
            return ExecutionMark.FindStaleness(NotebookFile.Load(path)) is { } reason
                ? $"{Name(path)}: {reason}; `./distillkit notebooks run {Name(path)} --write` executes it"
                : null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }

    private static bool IsIn(string folder, string file) =>
        file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Seconds(long start) => FormattableString.Invariant($"{Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s");

    private static string Name(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
}
