using System.Diagnostics;
using System.Globalization;

namespace DistillKit.Cli.Notebooks;

/// <summary>Starts the notebook host, a process for each notebook: what one notebook loads and sets cannot reach the next.</summary>
internal static class NotebookHost
{
    private const string Extension = ".ipynb";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Program => Path.Combine(Checkout.Root, "lib", "DistillKit.Host", "bin", "Release", "net10.0", "DistillKit.Host.dll");

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
        return [.. files.Select(file => File.Exists(file) ? Path.GetFullPath(file) : throw new UserException($"There is no notebook {file}."))];
    }

    /// <summary>What the notebooks read from their environment; any other kernel can be started with the same variables.</summary>
    /// <exception cref="UserException">A setting is not <c>name=value</c>.</exception>
    internal static IReadOnlyDictionary<string, string> Settings(IEnumerable<string> pairs, string profile, string? data, string? artifacts)
    {
        var variables = new Dictionary<string, string> { ["DISTILLKIT_PROFILE"] = profile };
        if (data is not null) variables["DISTILLKIT_DATA"] = Path.GetFullPath(data);
        if (artifacts is not null) variables["DISTILLKIT_ARTIFACTS"] = Path.GetFullPath(artifacts);
        foreach (var pair in pairs)
        {
            if (pair.IndexOf('=') is not (> 0 and var split)) throw new UserException($"--set {pair}: it has to be name=value.");
            var name = string.Concat(pair[..split].Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpper(letter, CultureInfo.InvariantCulture) : '_'));
            variables["DISTILLKIT_" + name] = pair[(split + 1)..];
        }
        return variables;
    }

    /// <summary>Executes notebooks one after the other, until one fails.</summary>
    /// <param name="notebooks">The files.</param>
    /// <param name="folder">Where the executed ones go; null for their own place.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="limit">The longest that a cell may take, in seconds.</param>
    /// <param name="cancellation">Stops the running notebook.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> notebooks, string? folder, IReadOnlyDictionary<string, string> settings, double limit, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var notebook in notebooks)
        {
            cancellation.ThrowIfCancellationRequested();
            Console.WriteLine($"== {Name(notebook)}");
            var result = folder is null ? notebook : Path.Combine(Path.GetFullPath(folder), Path.GetFileName(notebook));
            var code = await StartAsync([notebook, result, limit.ToString(CultureInfo.InvariantCulture), "--watch-input"], settings, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (code is not (0 or 1)) Console.Error.WriteLine($"distillkit: {Name(notebook)}: its kernel ended with code {code}; what it had done is in {Name(result)}");
            if (code != 0) return 1;
        }
        Console.WriteLine(FormattableString.Invariant($"{notebooks.Count} notebooks in {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s, in {Name(folder ?? Path.GetDirectoryName(notebooks[0])!)}"));
        return 0;
    }

    /// <summary>Checks that notebooks have the outputs of their code.</summary>
    internal static Task<int> CheckAsync(IReadOnlyList<string> notebooks, CancellationToken cancellation) => StartAsync(["--check", .. notebooks], new Dictionary<string, string>(), cancellation);

    private static async Task<int> StartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        if (!File.Exists(Program)) throw new UserException("The notebook host is not built: run ./distillkit once, in a checkout.");
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The end of its input tells the host to stop: it lets the cell end, and saves the notebook.
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        return process.HasExited ? process.ExitCode : -1;
    }

    private static string Name(string path) => Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
}
