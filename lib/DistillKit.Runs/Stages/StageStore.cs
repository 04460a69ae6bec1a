using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistillKit.Files;

namespace DistillKit.Runs.Stages;

/// <summary>What a finished stage leaves in its <c>stage.json</c>.</summary>
/// <param name="Fingerprint">Of all that it depends on.</param>
/// <param name="Date">When it finished.</param>
/// <param name="Result">What it came to.</param>
public sealed record FinishedStage<T>(string Fingerprint, DateTimeOffset Date, T Result);

/// <summary>
/// The results of a profile's stages, a folder each. A finished stage has a <c>stage.json</c> with the fingerprint of all that it depends on;
/// it is not run again until that changes.
/// </summary>
public sealed class StageStore : IDisposable
{
    private const string StageFile = "stage.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly JsonSerializerOptions Recipes = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly FileStream exclusive;

    /// <summary>Opens the store for this process alone.</summary>
    /// <param name="folder">Where the results are kept; it is made when missing.</param>
    /// <exception cref="UserException">The folder cannot be written, or another process is using it.</exception>
    public StageStore(string folder)
        : this(folder, Hold(folder) ?? throw new UserException($"Cannot use {Path.GetFullPath(folder)} for results: another run is using it. Wait for that run, or choose another folder with --output."))
    {
    }

    private StageStore(string folder, FileStream exclusive) => (Folder, this.exclusive) = (Path.GetFullPath(folder), exclusive);

    /// <summary>Opens the store, or returns null when another process is using it.</summary>
    /// <exception cref="UserException">The folder cannot be written.</exception>
    public static StageStore? TryOpen(string folder) => Hold(folder) is { } exclusive ? new(folder, exclusive) : null;

    private static FileStream? Hold(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return LockFile.TryHold(Path.Combine(folder, ".lock"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"Cannot use {Path.GetFullPath(folder)} for results: {error.Message.TrimEnd('.')}. Choose another folder with --output.", error);
        }
    }

    /// <summary>Where the results are.</summary>
    public string Folder { get; }

    /// <summary>The folder of a stage.</summary>
    public string FolderOf(string stage) => Path.Combine(Folder, stage);

    /// <summary>
    /// A short text that changes whenever one of the inputs does: texts, or recipes. What a recipe leaves out (null) does not count, so that a new
    /// option makes no finished result stale.
    /// </summary>
    public static string Fingerprint(params IEnumerable<object> inputs)
    {
        var text = string.Join('\n', inputs.Select(input => input as string ?? JsonSerializer.Serialize(input, Recipes)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>The result of a finished stage; null when it has not finished, or with other inputs.</summary>
    public T? Find<T>(string stage, string fingerprint) where T : class => Read<T>(Folder, stage, fingerprint);

    /// <summary>The result of a finished stage in a store that may be another process's.</summary>
    internal static T? Read<T>(string folder, string stage, string fingerprint) where T : class
    {
        var path = Path.Combine(folder, stage, StageFile);
        if (!File.Exists(path)) return null;
        try
        {
            var record = JsonSerializer.Deserialize<FinishedStage<T>>(File.ReadAllText(path), Json);
            return record?.Fingerprint == fingerprint ? record.Result : null;
        }
        catch (JsonException)
        {
            // An older or damaged record: the stage runs again.
            return null;
        }
    }

    /// <summary>Marks a stage as finished.</summary>
    public void Finish<T>(string stage, string fingerprint, T result) => AtomicFile.Write(
        Path.Combine(FolderOf(stage), StageFile),
        stream => JsonSerializer.Serialize(stream, new FinishedStage<T>(fingerprint, DateTimeOffset.UtcNow, result), Json));

    /// <summary>Forgets that a stage has finished.</summary>
    public void Forget(string stage)
    {
        var path = Path.Combine(FolderOf(stage), StageFile);
        if (File.Exists(path)) File.Delete(path);
    }

    /// <inheritdoc/>
    public void Dispose() => exclusive.Dispose();
}
