using System.Security.Cryptography;

namespace DistillKit.Cli.Grading;

/// <summary>A complete notebook, one of its variants, with what its own execution has answered: submissions are compared with it.</summary>
/// <param name="Variant">0 without a secret.</param>
/// <param name="Hash">Of the notebook, the library and the settings.</param>
/// <param name="Draw">What the inputs of its hidden questions follow from; null without a secret.</param>
/// <param name="Artifacts">The folder with the results of its stages, which submissions find there.</param>
/// <param name="Seconds">By the number of the code cell, how long it took.</param>
internal sealed record Key(
    NotebookFile Notebook, int Variant, string Hash, string? Draw, string Artifacts, IReadOnlyDictionary<string, Evidence> Evidence,
    IReadOnlyList<double> Seconds)
{
    /// <summary>Executes a complete notebook, or reads what an earlier execution of the same has left in the folder.</summary>
    /// <exception cref="UserException">A solution is not right by its own test, or a cell fails.</exception>
    internal static async Task<Key> ExecuteAsync(
        NotebookFile complete, AssignmentVariant? variant, GradingSettings settings, string? secret, string folder,
        CancellationToken cancellation)
    {
        var notebook = complete.With(complete.Cells);
        variant?.Apply(notebook);
        var number = variant?.Number ?? 0;
        var name = Assignment.NameOf(notebook);
        settings = settings with { Draw = secret is null ? null : HashOf(secret, name, $"{number}") };
        var hash = HashOf(notebook.ToJson(), settings.Profile, $"{settings.Draw}", $"{settings.Parallel}", LibraryVersion.Value);
        var place = Directory.CreateDirectory(Path.Combine(folder, number == 0 ? name : $"{name}-{number}")).FullName;
        var (file, artifacts) = (Path.Combine(place, "key.json"), Directory.CreateDirectory(Path.Combine(place, "artifacts")).FullName);
        if (File.Exists(file) && JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), JsonSerializerOptions.Web) is { } kept
            && kept.Hash == hash)
        {
            return new(notebook, number, hash, settings.Draw, artifacts, kept.Evidence, kept.Seconds);
        }

        var run = new SubmissionRun(FreshCopy.OfKey(notebook), settings, _ => TimeSpan.FromHours(1));
        var executed = await run.ExecuteAsync(Path.Combine(Checkout.Root, "notebooks"), artifacts, isConfined: false, cancellation);
        if (executed.Failures.FirstOrDefault() is { Key: not null } failure)
            throw new UserException($"{name}: the solution of {failure.Key} fails: {failure.Value}");
        if (executed.Remarks is [var remark, ..]) throw new UserException($"{name}, the complete notebook: {remark}");
        var evidence = executed.Evidence.ToDictionary(pair => pair.Key, pair => pair.Value[0]);
        foreach (var test in run.Copy.Cells.Where(cell => cell.Origin == CellOrigin.Test && cell.Cell.Points is not null))
        {
            if (!evidence.TryGetValue(test.Exercise!, out var shown))
                throw new UserException($"{name}: the test of {test.Exercise} asks nothing (by Check.Answer or Exercise.Use).");
            if (shown.Answers.FirstOrDefault(one => !shown.Accepts(one.Right, one.Answer)) is { } wrong)
                throw new UserException($"{name}: the solution of {test.Exercise} is wrong by its own test: {wrong.Question}.");
        }
        AtomicFile.WriteText(file, JsonSerializer.Serialize(new Kept(hash, evidence, executed.Seconds), JsonSerializerOptions.Web));
        return new(notebook, number, hash, settings.Draw, artifacts, evidence, executed.Seconds);
    }

    /// <summary>A short hash of texts.</summary>
    internal static string HashOf(params IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))))[..16];

    // With the grader's own: who updates it in the middle of a course has no table of two kinds of points.
    private static readonly Lazy<string> LibraryVersion = new(() =>
    {
        var library = Path.Combine(Checkout.Root, "lib", "DistillKit.Notebook", "bin", "Release", "net10.0");
        var ours = Directory.Exists(library) ? Directory.GetFiles(library, "DistillKit*.dll") : [];
        return HashOf([
            $"{typeof(Key).Module.ModuleVersionId}",
            .. ours.Order(StringComparer.Ordinal).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))]);
    });

    private sealed record Kept(string Hash, IReadOnlyDictionary<string, Evidence> Evidence, IReadOnlyList<double> Seconds);
}
